import { Observable, type Observer, type OperatorFunction, type Subscriber, Subscription } from 'rxjs';
import type { Stage } from '../../src/core/stage.js';

/**
 * An RxJS operator from a stage factory: `open` runs once for each subscription, so no two subscriptions share state.
 *
 *     source                    --1--2--3--|
 *     asOperator(openDoubling)  --2--4--6--|
 *
 * A value that an emission sends back into the source (a feedback loop) waits until the running step has returned, and
 * an unsubscription from inside a step disposes the stage after that step: a stage is never entered twice, nor pulled
 * away from under itself. The stage is disposed before `complete` or `error` goes out.
 *
 * - Emits:  what the stage emits, in order, in the same turn; with the source's completion what the stage emits at its end.
 * - Fails:  with whatever `open`, a step, `complete` or the disposal at completion throws, and with the source's error.
 * - State:  one stage per subscription, disposed once on completion, error and unsubscription alike.
 *
 *     const double = asOperator(() => ({ step: (x: number, emit: (y: number) => void) => emit(2 * x), dispose() {} }));
 *     of(1, 2).pipe(double).subscribe(console.log); // 2, 4
 */
export const asOperator =
  <In, Out>(open: () => Stage<In, Out>): OperatorFunction<In, Out> =>
  (source) =>
    new Observable<Out>((subscriber) => {
      const run = new Run(open(), subscriber);
      subscriber.add(run);
      source.subscribe(run);
    });

/**
 * Observer and subscription in one object: RxJS takes such an object as the subscriber itself, so a synchronous source
 * sees `closed` at once. (It would not see it on a plain observer: RxJS links that one up after `subscribe` has returned.)
 */
class Run<In, Out> extends Subscription implements Observer<In> {
  readonly #stage: Stage<In, Out>;
  readonly #out: Subscriber<Out>;
  readonly #emit: (out: Out) => void;
  readonly #later: Array<() => void> = [];
  #busy = false;
  #disposed = false;

  constructor(stage: Stage<In, Out>, out: Subscriber<Out>) {
    super();
    this.#stage = stage;
    this.#out = out;
    this.#emit = (value) => {
      if (!this.closed) out.next(value);
    };
    this.add(() => {
      if (!this.#busy) this.#dispose();
    });
  }

  next(value: In): void {
    if (this.closed) return;
    if (this.#busy) {
      this.#later.push(() => this.#step(value));
      return;
    }
    this.#busy = true;
    this.#step(value);
    if (this.#later.length > 0) this.#catchUp();
    this.#busy = false;
    if (this.closed) this.#dispose();
  }

  error(error: unknown): void {
    this.#inTurn(() => this.#fail(error));
  }

  complete(): void {
    this.#inTurn(() => {
      try {
        this.#stage.complete?.(this.#emit);
        this.#dispose();
      } catch (error) {
        this.#fail(error);
        return;
      }
      this.#out.complete();
    });
  }

  #step(value: In): void {
    try {
      this.#stage.step(value, this.#emit);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Runs an ending now, or after the running step when it comes from inside one. */
  #inTurn(act: () => void): void {
    if (this.closed) return;
    this.#later.push(act);
    if (this.#busy) return;
    this.#busy = true;
    this.#catchUp();
    this.#busy = false;
    if (this.closed) this.#dispose();
  }

  #catchUp(): void {
    for (let act = this.#later.shift(); act !== undefined && !this.closed; act = this.#later.shift()) act();
  }

  #fail(error: unknown): void {
    try {
      this.#dispose();
    } catch {
      // The first error is the cause; a disposal that fails after it would only hide it.
    }
    this.#out.error(error);
  }

  #dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#stage.dispose();
  }
}
