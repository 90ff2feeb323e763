import { exp } from '../math/functions.js';

const ETA = 0.05; // how fast losses turn into weight
const DISCOUNT = 0.9975; // losses are remembered over some 400 rows
const CAP = 12; // one row's loss counts at most as 12 usual ones
const SHARE = 0.001; // every base forecaster keeps this much, to come back by
const UNIT_RATE = 1 / 500;

/**
 * Weighs base forecasters by their own past: exponential weights of discounted, capped squared errors, in units of the mixture's own
 * mean squared error (Vovk 1990; Littlestone & Warmuth 1994), with a least share for all (after Herbster & Warmuth 1998).
 * One set of weights for each of `cases`.
 */
export class ExponentialWeights {
  readonly weights: Float64Array;
  readonly state: readonly Float64Array[];
  readonly #losses: Float64Array;
  /** Per case: the mixture's mean squared error and how many it was taken over. */
  readonly #units: Float64Array;
  readonly #baseForecasters: number;

  constructor(cases: number, baseForecasters: number) {
    this.#baseForecasters = baseForecasters;
    this.weights = new Float64Array(cases * baseForecasters).fill(1 / baseForecasters);
    this.#losses = new Float64Array(cases * baseForecasters);
    this.#units = new Float64Array(cases * 2);
    this.state = [this.weights, this.#losses, this.#units];
  }

  mix(i: number, predictions: Float64Array, at: number): number {
    const k = this.#baseForecasters;
    let sum = 0;
    for (let e = 0; e < k; e++) sum += this.weights[i * k + e] * predictions[at + e];
    return sum;
  }

  reset(): void {
    this.weights.fill(1 / this.#baseForecasters);
    this.#losses.fill(0);
    this.#units.fill(0);
  }

  /** The predictions at predictions[at …] meant `target`. */
  learn(i: number, predictions: Float64Array, at: number, target: number): void {
    const k = this.#baseForecasters;
    const losses = this.#losses;
    const units = this.#units;
    const error = target - this.mix(i, predictions, at);
    const unit = units[i * 2 + 1] > 0 ? units[i * 2] : error * error;
    units[i * 2 + 1]++;
    units[i * 2] = unit + Math.max(1 / units[i * 2 + 1], UNIT_RATE) * (Math.min(error * error, CAP * unit) - unit);
    if (!(unit > 1e-200)) return;
    let least = Number.MAX_VALUE;
    for (let e = 0; e < k; e++) {
      const miss = target - predictions[at + e];
      const loss = DISCOUNT * losses[i * k + e] + Math.min(CAP, (miss * miss) / unit);
      losses[i * k + e] = loss;
      if (loss < least) least = loss;
    }
    let sum = 0;
    for (let e = 0; e < k; e++) {
      const weight = exp(-ETA * (losses[i * k + e] - least));
      this.weights[i * k + e] = weight;
      sum += weight;
    }
    for (let e = 0; e < k; e++) this.weights[i * k + e] = ((1 - SHARE) * this.weights[i * k + e]) / sum + SHARE / k;
  }
}
