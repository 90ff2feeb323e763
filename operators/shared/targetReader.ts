import { EddyError } from '../../src/core/errors.js';
import type { OnInvalid } from '../../src/core/onInvalid.js';
import type { Target } from '../../src/learner/learnStep.js';
import { type Loss, readTarget } from '../../src/nn/losses/loss.js';

/** Takes a value's target, fit to be learned from: a bad one fails under 'error', and counts as missing under the other policies. */
export class TargetReader<In> {
  /** A target of which every element is missing. */
  readonly missing: Target;
  readonly #read: typeof readTarget;
  readonly #checked: Float32Array;

  constructor(
    private readonly where: string,
    private readonly target: (value: In) => Target | undefined,
    loss: Loss,
    width: number,
    private readonly onInvalid: OnInvalid,
  ) {
    this.missing = new Array<undefined>(width).fill(undefined);
    this.#read = loss.readTarget ?? readTarget;
    this.#checked = new Float32Array(width);
  }

  /** The target of value number `index`; undefined: it has none. @throws EddyError `invalid-sample` under 'error'. */
  of(value: In, index: number): Target | undefined {
    const wanted = this.target(value);
    if (wanted === undefined) return undefined;
    try {
      this.#read(wanted, this.#checked.length, this.#checked, 0, this.where, index);
    } catch (error) {
      if (this.onInvalid === 'error' || !(error instanceof EddyError && error.code === 'invalid-sample')) throw error;
      return this.missing;
    }
    return wanted;
  }

  /** A checked target's numbers, until the next call. */
  numbers(wanted: Target | undefined, index: number): Float32Array | undefined {
    if (wanted === undefined) return undefined;
    this.#read(wanted, this.#checked.length, this.#checked, 0, this.where, index);
    return this.#checked;
  }
}
