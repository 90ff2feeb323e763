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

/** The phone's acceleration with gravity, x, y, z in m/s², as often as it is measured. Must be subscribed to in a press. */
export const motion = new Observable<Sample>((subscriber) => {
  const fail = (text: string) => subscriber.error(new Error(text));
  const moved = ({ accelerationIncludingGravity: a }: DeviceMotionEvent) => {
    // A machine without the part sends one event without numbers.
    if (a?.x === null || a?.x === undefined) return fail('This device has no accelerometer.');
    subscriber.next({ time: Date.now(), values: [a.x, a.y ?? 0, a.z ?? 0] });
  };
  const listen = () => addEventListener('devicemotion', moved);
  if (!('DeviceMotionEvent' in globalThis)) fail('This browser does not tell a page how the device moves.');
  else if (!asksFirst(DeviceMotionEvent)) listen();
  else {
    DeviceMotionEvent.requestPermission().then(
      (answer) => (answer === 'granted' ? listen() : fail('Movement was not allowed.')),
      () => fail('Movement was not allowed.'),
    );
  }
  return () => removeEventListener('devicemotion', moved);
});
