import { EddyError } from '../core/errors.js';
import type { Snapshot } from '../core/stage.js';

/** A reversible scale for each channel, learned as rows come by. */
export interface Scaler {
  /** Rows learned from. */
  readonly count: number;
  /** Numbers in a row; 0 before the first. */
  readonly width: number;
  /** Freezes the scale as it stands before `row` for `scale` and `inverse`, then learns from the row. */
  learn(row: Float64Array): void;
  /** A value of channel `i` in scaled units. */
  scale(value: number, i: number): number;
  /** A scaled value of channel `i` in its own units: undoes `scale`. */
  inverse(scaled: number, i: number): number;
  snapshot(): Snapshot;
  restore(from: Snapshot): void;
}

export interface MomentScalerOptions {
  /** Least weight of a new row, 0 ≤ rate < 1. 0, the default: all rows weigh the same. 1/2000: forgets over some 2,000 rows. */
  rate?: number;
}

/**
 * Opens a scaler to z-scores. With δ = x − m and a = max(1/n, rate): m ← m + a·δ, v ← (1 − a)·(v + a·δ²); a deviation is
 * √(v / (1 − q)), q the sum of the squared weights. With rate 0 that is Welford's mean and unbiased variance (Welford
 * 1962, Technometrics 4(3)), else an exponentially weighted one (West 1979, CACM 22(9)) that starts without a bias.
 * While a channel has not varied its deviation counts as 1.
 *
 *     const scaler = createMomentScaler();
 *     scaler.learn(Float64Array.of(20.5));
 *     scaler.scale(21, 0);
 *
 * @throws EddyError `invalid-option` on another rate; `invalid-sample` on another width than the first row's;
 * `invalid-state` on a record that is no snapshot of one.
 */
export function createMomentScaler({ rate = 0 }: MomentScalerOptions = {}): Scaler {
  if (!(rate >= 0 && rate < 1)) {
    throw new EddyError(
      'invalid-option',
      `scaler: rate must lie in [0, 1), got ${rate}; leave it out to weigh all rows the same`,
    );
  }
  return new MomentScaler(rate);
}

class MomentScaler implements Scaler {
  count = 0;
  #q = 0;
  #means = new Float64Array(0);
  #variances = new Float64Array(0);
  #centres = new Float64Array(0);
  #deviations = new Float64Array(0);
  readonly #rate: number;

  constructor(rate: number) {
    this.#rate = rate;
  }

  get width(): number {
    return this.#means.length;
  }

  learn(row: Float64Array): void {
    if (this.count === 0) this.#resize(row.length);
    checkWidth(row, this.width, this.count);
    const a = Math.max(1 / (this.count + 1), this.#rate);
    const unbias = this.count > 1 ? 1 / (1 - this.#q) : 0;
    for (let i = 0; i < row.length; i++) {
      const mean = this.#means[i] ?? 0;
      const variance = this.#variances[i] ?? 0;
      this.#centres[i] = mean;
      this.#deviations[i] = deviation(variance * unbias, mean);
      const delta = (row[i] ?? 0) - mean;
      this.#means[i] = mean + a * delta;
      this.#variances[i] = (1 - a) * (variance + a * delta * delta);
    }
    this.#q = (1 - a) * (1 - a) * this.#q + a * a;
    this.count++;
  }

  scale(value: number, i: number): number {
    return (value - (this.#centres[i] ?? 0)) / (this.#deviations[i] ?? 1);
  }

  inverse(scaled: number, i: number): number {
    return scaled * (this.#deviations[i] ?? 1) + (this.#centres[i] ?? 0);
  }

  snapshot(): Snapshot {
    return {
      count: this.count,
      q: this.#q,
      means: this.#means.slice(),
      variances: this.#variances.slice(),
      centres: this.#centres.slice(),
      deviations: this.#deviations.slice(),
    };
  }

  restore({ count, q, means, variances, centres, deviations }: Snapshot): void {
    const arrays = [means, variances, centres, deviations].filter((each) => each instanceof Float64Array);
    const [m, v, c, d] = arrays;
    if (typeof count !== 'number' || typeof q !== 'number' || !m || !v || !c || !d) {
      throw new EddyError(
        'invalid-state',
        'scaler: this record is not a snapshot of a moment scaler; restore what snapshot() gave',
      );
    }
    this.count = count;
    this.#q = q;
    [this.#means, this.#variances, this.#centres, this.#deviations] = [m.slice(), v.slice(), c.slice(), d.slice()];
  }

  #resize(width: number): void {
    this.#means = new Float64Array(width);
    this.#variances = new Float64Array(width);
    this.#centres = new Float64Array(width);
    this.#deviations = new Float64Array(width).fill(1);
  }
}

/** Below 1e-12 of the mean a spread is rounding, not signal. */
function deviation(variance: number, mean: number): number {
  const s = Math.sqrt(variance);
  return s > 1e-12 * Math.abs(mean) && s > 1e-150 ? s : 1;
}

export function checkWidth(row: Float64Array, width: number, count: number): void {
  if (row.length === width) return;
  throw new EddyError(
    'invalid-sample',
    `scaler: row ${count} must have ${width} number(s), got ${row.length}; keep the features of a stream fixed in number and order`,
  );
}
