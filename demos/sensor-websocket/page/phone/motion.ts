import { Observable } from 'rxjs';

export interface Sample {
  time: number;
  values: readonly number[];
}

/** iOS asks the person, and only in answer to a press. */
interface AsksFirst {
  requestPermission(): Promise<'granted' | 'denied'>;
}
const asksFirst = (kind: object): kind is AsksFirst => 'requestPermission' in kind;

/** A machine without the part sends one event without numbers, or none. */
const PATIENCE_MS = 3000;

/** The phone's acceleration with gravity, x, y, z in m/s², as often as it is measured. Must be subscribed to in a press. */
export const motion = new Observable<Sample>((subscriber) => {
  let patience: ReturnType<typeof setTimeout> | undefined;
  const fail = (text: string) => subscriber.error(new Error(text));
  const moved = ({ accelerationIncludingGravity: a }: DeviceMotionEvent) => {
    if (a?.x === null || a?.x === undefined) return;
    clearTimeout(patience);
    subscriber.next({ time: Date.now(), values: [a.x, a.y ?? 0, a.z ?? 0] });
  };
  const listen = () => {
    if (subscriber.closed) return;
    addEventListener('devicemotion', moved);
    patience = setTimeout(
      () => fail('No movement was measured: there is no accelerometer, or it is kept from this page.'),
      PATIENCE_MS,
    );
  };
  if (!('DeviceMotionEvent' in globalThis)) fail('This browser does not tell a page how the device moves.');
  else if (!asksFirst(DeviceMotionEvent)) listen();
  else {
    DeviceMotionEvent.requestPermission().then(
      (answer) => (answer === 'granted' ? listen() : fail('Movement was not allowed.')),
      () => fail('Movement was not allowed.'),
    );
  }
  return () => {
    clearTimeout(patience);
    removeEventListener('devicemotion', moved);
  };
});
