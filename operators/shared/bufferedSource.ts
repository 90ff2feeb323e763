import { Observable, Subject } from 'rxjs';

/**
 * Where an adapter puts its values in. An operator may subscribe to its source late, as `checkpoint` does, which asks its store first: a
 * value that comes before would be lost, so it waits for `whenHeard`.
 */
export class BufferedSource<In> extends Subject<In> {
  /** Whether the operator has subscribed, or never will. */
  heard = false;
  #waiting: (() => void) | undefined;
  /** What the operator is given as its source. */
  readonly values = new Observable<In>((subscriber) => {
    const subscription = this.subscribe(subscriber);
    this.release();
    return subscription;
  });

  /** Acts now, or once the operator has subscribed; one act waits at a time. */
  whenHeard(act: () => void): void {
    if (this.heard) act();
    else this.#waiting = act;
  }

  /** Lets what waits go on: the operator has subscribed, or has ended without it. */
  release(): void {
    this.heard = true;
    const act = this.#waiting;
    this.#waiting = undefined;
    act?.();
  }
}
