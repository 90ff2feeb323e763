import type { OperatorFunction, Subscription } from 'rxjs';
import { BufferedSource } from '../shared/bufferedSource.js';

/**
 * Any RxJS operator, or a whole pipe of them, as a function from one async iterable to another. It stands in
 * `for await`, and in a Node `pipeline` between a source and a sink.
 *
 *     for await (const y of toAsyncGenerator(predict(model))(samples)) console.log(y);
 *
 * One input at a time is pulled, and only while a caller waits for an output; what the operator emits beyond that is
 * kept in order. Nothing is subscribed before the first `next()`. `return()` (a `break` in `for await`) frees at once,
 * even while a pull is under way.
 *
 * - Emits:  what the operator emits, also later and after the input has ended.
 * - Fails:  with the operator's error, after all that it emitted before; the source's error goes through the operator.
 * - State:  one subscription per generator.
 */
export const toAsyncGenerator =
  <In, Out>(operator: OperatorFunction<In, Out>) =>
  (source: AsyncIterable<In> | Iterable<In>): AsyncGenerator<Out, void, undefined> =>
    new OperatorGenerator(operator, source);

type Result<Out> = IteratorResult<Out, undefined>;
interface Request<Out> {
  resolve(result: Result<Out>): void;
  reject(error: unknown): void;
}

const DONE = { done: true, value: undefined } as const;

/** Written out: a native generator's `return()` waits for the pull that is under way, so it could hang for ever. */
class OperatorGenerator<In, Out> implements AsyncGenerator<Out, void, undefined> {
  readonly #operator: OperatorFunction<In, Out>;
  readonly #source: AsyncIterable<In> | Iterable<In>;
  readonly #input = new BufferedSource<In>();
  readonly #ready: IteratorYieldResult<Out>[] = [];
  readonly #requests: Request<Out>[] = [];
  #iterator: AsyncIterator<In> | Iterator<In> | undefined;
  #run: Subscription | undefined;
  #failure: { error: unknown } | undefined;
  #ended = false;
  #exhausted = false;
  #pulling = false;

  constructor(operator: OperatorFunction<In, Out>, source: AsyncIterable<In> | Iterable<In>) {
    this.#operator = operator;
    this.#source = source;
  }

  next(): Promise<Result<Out>> {
    return new Promise((resolve, reject) => {
      this.#requests.push({ resolve, reject });
      if (this.#run === undefined && !this.#ended) this.#start();
      this.#serve();
      void this.#pull();
    });
  }

  async return(): Promise<Result<Out>> {
    this.#ready.length = 0;
    this.#failure = undefined;
    await this.#end();
    return DONE;
  }

  async throw(error: unknown): Promise<Result<Out>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #start(): void {
    try {
      const source = this.#source;
      this.#iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    } catch (error) {
      this.#settle({ error });
      return;
    }
    this.#run = this.#input.values.pipe(this.#operator).subscribe({
      next: (value) => {
        this.#ready.push({ done: false, value });
        this.#serve();
      },
      error: (error) => this.#settle({ error }),
      complete: () => this.#settle(undefined),
    });
  }

  #settle(failure: { error: unknown } | undefined): void {
    this.#failure = failure;
    // The source is asked to stop; errors of its own while it stops come too late to matter.
    this.#end().catch(() => {});
  }

  /** Hands out what is ready, in order, then the end. */
  #serve(): void {
    for (let request = this.#requests[0]; request !== undefined; request = this.#requests[0]) {
      const result = this.#ready.shift();
      if (result !== undefined) request.resolve(result);
      else if (!this.#ended) return;
      else if (this.#failure === undefined) request.resolve(DONE);
      else {
        request.reject(this.#failure.error);
        this.#failure = undefined;
      }
      this.#requests.shift();
    }
  }

  async #pull(): Promise<void> {
    if (this.#pulling) return;
    this.#pulling = true;
    try {
      while (this.#requests.length > 0 && !this.#ended && !this.#exhausted && this.#iterator !== undefined) {
        const { done, value } = await this.#iterator.next();
        if (!this.#input.heard) await new Promise<void>((resolve) => this.#input.whenHeard(resolve));
        if (this.#ended) return;
        if (done) {
          this.#exhausted = true;
          this.#input.complete();
        } else this.#input.next(value);
      }
    } catch (error) {
      this.#exhausted = true;
      this.#input.whenHeard(() => this.#input.error(error));
    } finally {
      this.#pulling = false;
    }
  }

  async #end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#run?.unsubscribe();
    this.#input.release();
    this.#serve();
    if (this.#iterator === undefined || this.#exhausted) return;
    this.#exhausted = true;
    const stopped = this.#iterator.return?.();
    // A source that is in the middle of a pull may answer only when that has come; nobody should wait for it.
    if (!this.#pulling) await stopped;
    else Promise.resolve(stopped).catch(() => {});
  }
}
