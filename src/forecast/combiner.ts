const PRIOR = 3; // what the mixture weighs at the start, against 1 of each of the others
const SQUARINGS = 4; // weights fall with the 2⁴ = 16th power of the squared error
const MOST = 100; // an error counts as at most so many typical changes: one row must not decide for ever

/**
 * Weighs the exponential weights' mixture against base forecasters that stand alone, by all of the past: the mixture is quick, and so at times
 * worse than one of them. A weight is its prior / (Σ error²)¹⁶: one that is 4 % worse in the long run has half of it, so that what is
 * alike is averaged (Bates & Granger 1969) and what is worse vanishes. Unlike the exponential weights it sees the largest errors as they are, since they
 * make most of a mean square. One set of weights for each of `cases`.
 */
export class Combiner {
  /** Per case and base forecaster: Σ error² in squares of the data's unit, and the weight; the mixture first. */
  readonly state: Float64Array;
  readonly #bench: readonly number[];

  /** @param bench which of the predictions are weighed beside the mixture */
  constructor(cases: number, bench: readonly number[]) {
    this.#bench = bench;
    this.state = new Float64Array(cases * 2 * (bench.length + 1));
    this.reset();
  }

  reset(): void {
    this.state.fill(0);
    const size = 2 * (this.#bench.length + 1);
    for (let at = 0; at < this.state.length; at += size) this.state[at + 1] = 1;
  }

  mix(i: number, weighted: number, predictions: Float64Array, at: number): number {
    const { state } = this;
    const first = i * 2 * (this.#bench.length + 1);
    let sum = state[first + 1] * weighted;
    for (let b = 0; b < this.#bench.length; b++) sum += state[first + 2 * b + 3] * predictions[at + this.#bench[b]];
    return sum;
  }

  /** The mixture and the predictions at predictions[at …] meant `target`, all in `unit`s; `typical` is a change's usual size in them. */
  learn(
    i: number,
    weighted: number,
    predictions: Float64Array,
    at: number,
    target: number,
    unit: number,
    typical: number,
  ): void {
    const { state } = this;
    const first = i * 2 * (this.#bench.length + 1);
    const most = MOST * typical;
    const squared = (prediction: number) => {
      const error = Math.min(Math.abs(target - prediction), most) * unit;
      return error * error;
    };
    state[first] += squared(weighted);
    let least = state[first];
    for (let b = 0; b < this.#bench.length; b++) {
      const k = first + 2 * b + 2;
      state[k] += squared(predictions[at + this.#bench[b]]);
      least = Math.min(least, state[k]);
    }
    const end = first + 2 * (this.#bench.length + 1);
    let sum = 0;
    for (let k = first; k < end; k += 2) {
      let weight = state[k] > least ? least / state[k] : 1;
      for (let n = 0; n < SQUARINGS; n++) weight *= weight;
      if (k === first) weight *= PRIOR;
      state[k + 1] = weight;
      sum += weight;
    }
    for (let k = first; k < end; k += 2) state[k + 1] /= sum;
  }
}
