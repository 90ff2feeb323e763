import { EddyError } from '../core/errors.js';
import type { Model } from '../nn/model/model.js';
import type { State } from '../nn/model/state.js';

/**
 * Plays sound through a model, sample by sample: each channel with a state of its own, all with the same weights. A sample that is not
 * finite is replaced by the last one of its channel, and counted.
 *
 *     const player = new SoundPlayer(model, 2);
 *     player.play([left, right], [leftOut, rightOut]);   // chunks of any length; the state goes on
 *
 * After its first call `play` allocates nothing: it may stand in an AudioWorklet.
 *
 * @throws EddyError `invalid-option` for a model that does not take and give one number a sample.
 */
export class SoundPlayer implements Disposable {
  /** Samples that were not finite. */
  invalid = 0;
  readonly #model: Model;
  readonly #state: State;
  readonly #x: Float32Array;
  readonly #y: Float32Array;

  constructor(
    model: Model,
    readonly channels = 1,
  ) {
    if (model.input !== 1 || model.output !== 1) {
      throw new EddyError(
        'invalid-option',
        `SoundPlayer: the model must take and give one number a sample, it takes ${model.input} and gives ${model.output}; see soundModel()`,
      );
    }
    this.#model = model;
    this.#state = model.openState(channels);
    this.#x = new Float32Array(channels);
    this.#y = new Float32Array(channels);
  }

  /** @param input and output: one array a channel, all of the same length; they may be the same arrays */
  play(input: readonly Float32Array[], output: readonly Float32Array[]): void {
    const length = input[0].length;
    for (let t = 0; t < length; t++) {
      for (let c = 0; c < this.channels; c++) {
        const x = input[c][t];
        if (Number.isFinite(x)) this.#x[c] = x;
        else this.invalid++;
      }
      this.#model.step(this.#x, this.#state, this.#y);
      for (let c = 0; c < this.channels; c++) output[c][t] = this.#y[c];
    }
  }

  /** Takes over another's state: goes on where that one stands, with weights of its own. The models must be of one shape. */
  follow(other: SoundPlayer): void {
    this.#state.restore(other.#state.snapshot());
    this.#x.set(other.#x);
  }

  /** Silence has gone before: the state is zeros again. */
  reset(): void {
    this.#state.reset();
    this.#x.fill(0);
  }

  /** Frees its state; the model stays. May be called more than once. */
  dispose(): void {
    this.#state.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
