import { type OperatorFunction, Subscription } from 'rxjs';
import { BufferedSource } from '../shared/bufferedSource.js';

/**
 * Any RxJS operator, or a whole pipe of them, as a Web TransformStream: a pair of a writable and a readable side, for
 * `pipeThrough` and by hand.
 *
 *     for await (const y of samples.pipeThrough(toTransformStream(predict(model)))) console.log(y);
 *
 * A value is taken from the writable side only when the readable side wants one. Two plain streams rather than the
 * built-in class: no browser calls that one's `cancel` hook yet (crbug.com/40283531, bugzil.la/1856103, webkit.org/b/262424), so
 * an abandoned stream would never unsubscribe.
 *
 * - Emits:  what the operator emits, also later and after the writable side was closed. An operator that completes early
 *           (`take`) closes the readable side and errors the writable one, which makes `pipeThrough` cancel its source.
 * - Fails:  with the operator's error, on both sides; `abort` and `cancel` unsubscribe and pass the reason to the other side.
 * - State:  one subscription per stream, made at the call.
 */
export const toTransformStream = <In, Out>(operator: OperatorFunction<In, Out>): TransformStream<In, Out> =>
  new OperatorStreams(operator);

class OperatorStreams<In, Out> implements TransformStream<In, Out> {
  readonly readable: ReadableStream<Out>;
  readonly writable: WritableStream<In>;
  readonly #input = new BufferedSource<In>();
  readonly #run = new Subscription();
  #reader: ReadableStreamDefaultController<Out> | undefined;
  #writer: WritableStreamDefaultController | undefined;
  #wanted = false;
  #closing = false;
  #ended = false;
  /** Why the writable side can take no more; a clean end has none. */
  #failure: { error: unknown } | undefined;
  /** Lets the write or close that waits go on. */
  #resume: (() => void) | undefined;

  constructor(operator: OperatorFunction<In, Out>) {
    this.readable = new ReadableStream<Out>(
      {
        start: (controller) => {
          this.#reader = controller;
        },
        pull: () => {
          this.#wanted = true;
          this.#wake();
        },
        cancel: (reason) => this.#fail(reason),
      },
      { highWaterMark: 0 },
    );
    this.writable = new WritableStream<In>({
      start: (controller) => {
        this.#writer = controller;
        // Not the `abort` hook: that one is called only after a write that waits has returned.
        controller.signal.addEventListener('abort', () => {
          // The writable side is failing already; to fail it again from in here trips an assertion in Node.
          this.#writer = undefined;
          this.#fail(controller.signal.reason);
        });
      },
      write: (value) => this.#write(value),
      close: () => this.#close(),
    });
    this.#run.add(
      this.#input.values.pipe(operator).subscribe({
        next: (value) => {
          this.#wanted = false;
          this.#reader?.enqueue(value);
        },
        error: (error: unknown) => this.#fail(error),
        complete: () => this.#finish(),
      }),
    );
  }

  async #write(value: In): Promise<void> {
    if (!this.#wanted && !this.#ended) await this.#wait();
    if (!this.#input.heard) await this.#heard();
    if (!this.#ended) this.#input.next(value);
    if (this.#failure) throw this.#failure.error;
  }

  async #close(): Promise<void> {
    this.#closing = true;
    if (!this.#input.heard) await this.#heard();
    if (!this.#ended) this.#input.complete();
    if (!this.#ended) await this.#wait();
    if (this.#failure) throw this.#failure.error;
  }

  #finish(): void {
    if (this.#ended) return;
    this.#reader?.close();
    if (this.#closing) this.#end();
    else this.#end({ error: new TypeError('toTransformStream: the operator has completed, it takes no more values') });
  }

  #fail(error: unknown): void {
    if (this.#ended) return;
    this.#reader?.error(error);
    this.#end({ error });
  }

  #end(failure?: { error: unknown }): void {
    this.#ended = true;
    this.#failure = failure;
    if (failure) this.#writer?.error(failure.error);
    this.#run.unsubscribe();
    this.#input.release();
    this.#wake();
  }

  #heard(): Promise<void> {
    return new Promise((resolve) => this.#input.whenHeard(resolve));
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  #wake(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    if (resume && (this.#ended || !this.#closing)) resume();
  }
}
