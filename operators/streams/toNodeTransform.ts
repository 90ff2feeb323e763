import { Transform, type TransformCallback, type TransformOptions } from 'node:stream';
import type { OperatorFunction, Subscription } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { BufferedSource } from '../shared/bufferedSource.js';

export interface NodeTransformOptions {
  /** Values that wait on either side before the sender is asked to pause, an integer ≥ 1. Default 16. */
  highWaterMark?: number;
  /** Aborting it destroys the stream with an AbortError. */
  signal?: AbortSignal;
}

/**
 * Any RxJS operator, or a whole pipe of them, as a Node Transform in object mode, for `pipeline`, `compose` and
 * `for await`.
 *
 *     await pipeline(samples, toNodeTransform(predict(model)), sink);
 *
 * A value is taken from the writable side only while the readable side has room, so memory stays bounded under a slow
 * reader whatever the operator emits for one value. An operator that completes early (`take`) ends the readable side;
 * what is still written is dropped, one value a turn, so that a finite source ends in peace. Node's `pipe`, `pipeline` and
 * `compose` cannot end an endless source but by an error: give them a signal, or take `toAsyncGenerator`, which closes it.
 *
 * - Emits:  what the operator emits, also later and after the input has ended; null and undefined cannot travel in a
 *           Node stream and fail it.
 * - Fails:  with the operator's error; `destroy` and a failed source unsubscribe. As in every Node stream, what was
 *           emitted but not yet read is dropped then.
 * - State:  one subscription per stream, made when it is constructed.
 */
export const toNodeTransform = <In, Out>(
  operator: OperatorFunction<In, Out>,
  { highWaterMark = 16, signal }: NodeTransformOptions = {},
): Transform => {
  if (!(Number.isInteger(highWaterMark) && highWaterMark >= 1)) {
    throw new EddyError(
      'invalid-option',
      `toNodeTransform: highWaterMark must be an integer ≥ 1, got ${highWaterMark}; leave it out for 16`,
    );
  }
  return new OperatorTransform(operator, { objectMode: true, highWaterMark, ...(signal && { signal }) });
};

class OperatorTransform<In, Out> extends Transform {
  readonly #input = new BufferedSource<In>();
  readonly #operator: OperatorFunction<In, Out>;
  #run: Subscription | undefined;
  #full = false;
  #done = false;
  #resume: TransformCallback | undefined;
  #flushed: TransformCallback | undefined;

  constructor(operator: OperatorFunction<In, Out>, options: TransformOptions) {
    super(options);
    this.#operator = operator;
  }

  override _construct(callback: (error?: Error | null) => void): void {
    callback();
    this.#run = this.#input.values.pipe(this.#operator).subscribe({
      next: (value) => this.#send(value),
      error: (error: unknown) => this.destroy(asError(error)),
      complete: () => this.#finish(),
    });
  }

  // `_write`, not `_transform`: Transform's own `_write` would wait for a `_read` that never comes once the operator has
  // ended the readable side, and would not wait at all once the writable side has ended.
  override _write(value: In, _encoding: BufferEncoding, callback: TransformCallback): void {
    if (this.#input.heard) this.#put(value, callback);
    else this.#input.whenHeard(() => this.#put(value, callback));
  }

  #put(value: In, callback: TransformCallback): void {
    if (!this.#done) this.#input.next(value);
    // In a later turn: an endless source whose values are dropped must not starve the one who would close it.
    if (this.#done) setImmediate(callback);
    else if (this.#full) this.#resume = callback;
    else callback();
  }

  override _read(): void {
    this.#full = false;
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  override _flush(callback: TransformCallback): void {
    if (this.#done) {
      callback();
      return;
    }
    this.#flushed = callback;
    this.#input.whenHeard(() => this.#input.complete());
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#run?.unsubscribe();
    callback(error);
  }

  #send(value: Out): void {
    if (value === null || value === undefined) {
      // push(null) would quietly end the stream.
      this.destroy(
        new EddyError(
          'invalid-sample',
          `toNodeTransform: an operator in a Node stream must not emit ${value}; map it to a value, or filter it out`,
        ),
      );
    } else this.#full = !this.push(value);
  }

  #finish(): void {
    this.#done = true;
    this.#input.release();
    const flushed = this.#flushed;
    if (flushed) flushed();
    else this.push(null);
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error), { cause: error });
