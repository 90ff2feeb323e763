import { exp } from '../math.js';

const ETA = 0.05; // how fast losses turn into weight
const DISCOUNT = 0.9975; // losses are remembered over some 400 rows
const CAP = 12; // one row's loss counts at most as 12 usual ones
const SHARE = 0.001; // every expert keeps this much, to come back by
const UNIT_RATE = 1 / 500;

/**
 * Weighs experts by their own past: exponential weights of discounted, capped squared errors, in units of the mixture's own
 * mean squared error (Vovk 1990; Littlestone & Warmuth 1994), with a least share for all (after Herbster & Warmuth 1998).
 * One set of weights for each of `cases`.
 */
export class Judge {
  readonly weights: Float64Array;
  readonly state: readonly Float64Array[];
  readonly #losses: Float64Array;
  /** Per case: the mixture's mean squared error and how many it was taken over. */
  readonly #units: Float64Array;
  readonly #experts: number;

  constructor(cases: number, experts: number) {
    this.#experts = experts;
    this.weights = new Float64Array(cases * experts).fill(1 / experts);
    this.#losses = new Float64Array(cases * experts);
    this.#units = new Float64Array(cases * 2);
    this.state = [this.weights, this.#losses, this.#units];
  }

  mix(i: number, opinions: Float64Array, at: number): number {
    const k = this.#experts;
    let sum = 0;
    for (let e = 0; e < k; e++) sum += this.weights[i * k + e] * opinions[at + e];
    return sum;
  }

  startAnew(): void {
    this.weights.fill(1 / this.#experts);
    this.#losses.fill(0);
    this.#units.fill(0);
  }

  /** The opinions at opinions[at …] meant `target`. */
  learn(i: number, opinions: Float64Array, at: number, target: number): void {
    const k = this.#experts;
    const losses = this.#losses;
    const units = this.#units;
    const error = target - this.mix(i, opinions, at);
    const unit = units[i * 2 + 1] > 0 ? units[i * 2] : error * error;
    units[i * 2 + 1]++;
    units[i * 2] = unit + Math.max(1 / units[i * 2 + 1], UNIT_RATE) * (Math.min(error * error, CAP * unit) - unit);
    if (!(unit > 1e-200)) return;
    let least = Number.MAX_VALUE;
    for (let e = 0; e < k; e++) {
      const miss = target - opinions[at + e];
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
