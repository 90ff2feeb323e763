import type { OperatorFunction } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { checkOnInvalid, type OnInvalid, SampleReader } from '../../src/core/onInvalid.js';
import { isRow, readSample, type Sample } from '../../src/core/sample.js';
import type { OpenStage, Snapshot } from '../../src/core/stage.js';
import { type Window, windowWeights } from '../shared/window.js';
import { asOperator } from '../streams/asOperator.js';

export interface FrameOptions {
  /** What each frame is multiplied with: a name, or `size` weights. Default 'rectangular' (nothing). */
  window?: Window;
  /** What a bad number does; `hold` repeats the last good one, so that time does not shift. Default 'error'. */
  onInvalid?: OnInvalid;
}

/**
 * Cuts a signal into frames of `size` samples, one every `hop` samples.
 *
 *     source         --1--2--3--4--5--6--|
 *     frame(4, 2)    -----------A-----B--|      A = [1 2 3 4], B = [3 4 5 6]
 *
 * It takes single numbers or chunks of any length, cut anywhere: the frames are the same. A hop above the size leaves samples
 * out.
 *
 * - Emits:  a Float32Array of `size` for each whole frame, the caller's own. A frame that the end cuts short is dropped.
 * - Fails:  on a bad sample, as `onInvalid` says; a refused chunk changes nothing.
 * - State:  the last `size` samples.
 *
 *     microphone$.pipe(pcm(), frame(512, 256, { window: 'hann' }), spectrum(512))
 */
export const frame = (size: number, hop: number, options?: FrameOptions): OperatorFunction<Sample, Float32Array> =>
  asOperator(frameStage(size, hop, options));

export function frameStage(
  size: number,
  hop: number,
  { window = 'rectangular', onInvalid = 'error' }: FrameOptions = {},
): () => OpenStage<Sample, Float32Array> {
  checkCount(size, 'size');
  checkCount(hop, 'hop');
  checkOnInvalid(onInvalid, 'frame');
  const weights = windowWeights(window, size, 'frame');
  return () => new FrameStage(size, hop, weights, onInvalid);
}

class FrameStage implements OpenStage<Sample, Float32Array> {
  readonly #size: number;
  readonly #hop: number;
  readonly #weights: Float64Array;
  readonly #onInvalid: OnInvalid;
  readonly #reader: SampleReader;
  /** The last `size` samples; the oldest stands at `#at`. */
  readonly #ring: Float32Array;
  readonly #slot = new Float32Array(1);
  #chunk = new Float32Array(0);
  #at = 0;
  /** Samples to come before the next frame is whole. */
  #untilNext: number;

  constructor(size: number, hop: number, weights: Float64Array, onInvalid: OnInvalid) {
    this.#size = size;
    this.#hop = hop;
    this.#weights = weights;
    this.#onInvalid = onInvalid;
    this.#reader = new SampleReader('frame', 1, onInvalid);
    this.#ring = new Float32Array(size);
    this.#untilNext = size;
  }

  step(sample: Sample, emit: (frame: Float32Array) => void): void {
    if (!isRow(sample)) this.#takeOne(sample, emit);
    else if (this.#onInvalid !== 'error') for (const value of sample) this.#takeOne(value, emit);
    else this.#takeAll(sample, emit);
  }

  snapshot(): Snapshot {
    const samples = this.#window(() => 1);
    return { reader: this.#reader.snapshot(), samples, untilNext: this.#untilNext };
  }

  restore({ reader, samples, untilNext }: Snapshot): void {
    if (!(samples instanceof Float32Array && samples.length === this.#size && typeof untilNext === 'number')) {
      throw new EddyError(
        'invalid-state',
        `frame: a snapshot has ${this.#size} samples and a count; restore what snapshot() gave, into the same options`,
      );
    }
    this.#reader.restore(reader);
    this.#ring.set(samples);
    this.#at = 0;
    this.#untilNext = untilNext;
  }

  dispose(): void {}

  [Symbol.dispose](): void {}

  #takeOne(value: number, emit: (frame: Float32Array) => void): void {
    if (this.#reader.read(value, this.#slot, 0) !== 'skipped') this.#push(this.#slot[0] ?? 0, emit);
  }

  /** The whole chunk is checked before any of it is taken. */
  #takeAll(chunk: readonly number[] | Float32Array | Float64Array, emit: (frame: Float32Array) => void): void {
    if (this.#chunk.length < chunk.length) this.#chunk = new Float32Array(chunk.length);
    readSample(chunk, chunk.length, this.#chunk, 0, 'frame', this.#reader.index + 1);
    this.#reader.index += chunk.length;
    for (let i = 0; i < chunk.length; i++) this.#push(this.#chunk[i] ?? 0, emit);
  }

  #push(value: number, emit: (frame: Float32Array) => void): void {
    this.#ring[this.#at] = value;
    this.#at = this.#at + 1 === this.#size ? 0 : this.#at + 1;
    if (--this.#untilNext > 0) return;
    this.#untilNext = this.#hop;
    emit(this.#window((i) => this.#weights[i] ?? 0));
  }

  #window(weight: (i: number) => number): Float32Array {
    const frame = new Float32Array(this.#size);
    for (let i = 0; i < this.#size; i++) frame[i] = weight(i) * (this.#ring[(this.#at + i) % this.#size] ?? 0);
    return frame;
  }
}

function checkCount(value: number, name: string): void {
  if (!(Number.isInteger(value) && value >= 1)) {
    throw new EddyError('invalid-option', `frame: ${name} must be an integer ≥ 1, got ${value}; count it in samples`);
  }
}
