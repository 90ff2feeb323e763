import { EddyError } from '../core/errors.js';
import type { Snapshot } from '../core/stage.js';
import { log } from '../math/functions.js';
import { copyState, putState } from '../stats/arrayState.js';
import type { DriftDetector } from './driftDetector.js';

export interface AdwinOptions {
  /** δ: the chance of a false alarm at a row, 0 < δ < 1. Default 0.002. */
  delta?: number;
  /** The distance between the least and the greatest value, above 0. Default 1: values in [0, 1], as error rates are. Clip what goes far beyond. */
  range?: number;
  /** Rows between looks, an integer ≥ 1. Default 32: one change, one alarm. */
  every?: number;
}

const PER_SIZE = 5;
const SIZES = 40; // 2^40 rows
const SLOTS = PER_SIZE + 1;
const LEAST = 5; // rows on either side of a cut

/**
 * ADWIN2 (Bifet & Gavaldà 2007, SDM, doi 10.1137/1.9781611972771.42): a window that grows while its mean holds and drops its
 * old end when it does not. The window W lies in buckets of 2^i rows, at most five of a size, so memory is O(log |W|).
 * At each border between buckets it is cut in two, and while for some cut
 *
 *     |μ₀ − μ₁| > √(2/m · σ²_W · ln(2/δ')) + 2/(3m) · range · ln(2/δ'),   1/m = 1/n₀ + 1/n₁,   δ' = δ / ln |W|
 *
 * the old end goes: all that lies before the cut which is furthest beyond its bound. (The paper drops a bucket at a time, which leaves some old rows,
 * found again as more new ones come: one change, several alarms.)
 */
export class Adwin implements DriftDetector {
  readonly #delta: number;
  readonly #range: number;
  readonly #every: number;
  /** sums, and squared deviations from the bucket's mean; SLOTS of each size, the oldest first */
  readonly #sums = new Float64Array(SIZES * SLOTS);
  readonly #spreads = new Float64Array(SIZES * SLOTS);
  readonly #held = new Float64Array(SIZES);
  /** rows since the start, rows in the window, their sum, their squared deviations */
  readonly #state = new Float64Array(4);

  /** @throws EddyError `invalid-option` */
  constructor({ delta = 0.002, range = 1, every = 32 }: AdwinOptions = {}) {
    if (!(delta > 0 && delta < 1)) throw badOption('delta must be above 0 and below 1', delta);
    if (!(range > 0 && Number.isFinite(range))) throw badOption('range must be above 0', range);
    if (!(Number.isInteger(every) && every >= 1)) throw badOption('every must be an integer ≥ 1', every);
    this.#delta = delta;
    this.#range = range;
    this.#every = every;
  }

  /** Rows in the window. */
  get width(): number {
    return this.#state[1];
  }

  /** Their mean. */
  get mean(): number {
    return this.#state[1] > 0 ? this.#state[2] / this.#state[1] : 0;
  }

  step(value: number): boolean {
    const state = this.#state;
    state[0]++;
    this.#count(value, 0, 1);
    if (!Number.isFinite(state[3])) {
      // Its square is beyond what a number holds: a window with it would find nothing ever after.
      this.#held.fill(0);
      state.fill(0, 1);
      this.#count(value, 0, 1);
    }
    this.#insert(0, value, 0);
    this.#merge();
    if (state[0] % this.#every !== 0) return false;
    let changed = false;
    for (let old = this.#oldRows(); old > 0; old = this.#oldRows()) {
      changed = true;
      this.#drop(old);
    }
    return changed;
  }

  /** Adds rows to the window's count, sum and squared deviations (Chan, Golub & LeVeque 1983). */
  #count(sum: number, spread: number, rows: number): void {
    const state = this.#state;
    const away = sum / rows - this.mean;
    if (state[1] > 0) state[3] += away * away * ((state[1] * rows) / (state[1] + rows));
    state[3] += spread;
    state[1] += rows;
    state[2] += sum;
  }

  #insert(size: number, sum: number, spread: number): void {
    const at = size * SLOTS + this.#held[size]++;
    this.#sums[at] = sum;
    this.#spreads[at] = spread;
  }

  /** Two buckets of a size that has too many become one of the next. */
  #merge(): void {
    for (let size = 0; size < SIZES - 1 && this.#held[size] > PER_SIZE; size++) {
      const a = size * SLOTS;
      const rows = 2 ** size;
      const difference = (this.#sums[a] - this.#sums[a + 1]) / rows;
      const spread = this.#spreads[a] + this.#spreads[a + 1] + (difference * difference * rows) / 2;
      this.#insert(size + 1, this.#sums[a] + this.#sums[a + 1], spread);
      this.#sums.copyWithin(a, a + 2, a + SLOTS);
      this.#spreads.copyWithin(a, a + 2, a + SLOTS);
      this.#held[size] -= 2;
    }
  }

  /** Rows before the cut that is furthest beyond its bound; 0 where none is. */
  #oldRows(): number {
    const [, rows, total, spread] = this.#state;
    const confidence = log((2 * log(rows)) / this.#delta);
    const variance = Math.max(0, spread / rows);
    let old = 0;
    let furthest = 1;
    let n = 0;
    let sum = 0;
    for (let size = SIZES - 1; size >= 0; size--) {
      for (let k = 0; k < this.#held[size]; k++) {
        n += 2 ** size;
        sum += this.#sums[size * SLOTS + k];
        const rest = rows - n;
        if (n < LEAST) continue;
        if (rest < LEAST) return old;
        const inverse = 1 / n + 1 / rest;
        const bound = Math.sqrt(2 * inverse * variance * confidence) + (2 / 3) * inverse * this.#range * confidence;
        const beyond = Math.abs(sum / n - (total - sum) / rest) / bound;
        if (beyond > furthest) {
          furthest = beyond;
          old = n;
        }
      }
    }
    return old;
  }

  /** Drops the oldest buckets, and counts the others again: a subtraction would leave the rounding errors of what has gone. */
  #drop(rows: number): void {
    let left = rows;
    this.#state.fill(0, 1);
    for (let size = SIZES - 1; size >= 0; size--) {
      const a = size * SLOTS;
      const gone = Math.min(this.#held[size], Math.floor(left / 2 ** size));
      left -= gone * 2 ** size;
      this.#held[size] -= gone;
      this.#sums.copyWithin(a, a + gone, a + SLOTS);
      this.#spreads.copyWithin(a, a + gone, a + SLOTS);
      for (let k = a; k < a + this.#held[size]; k++) this.#count(this.#sums[k], this.#spreads[k], 2 ** size);
    }
  }

  get #arrays(): readonly Float64Array[] {
    return [this.#sums, this.#spreads, this.#held, this.#state];
  }

  snapshot(): Snapshot {
    return copyState(this.#arrays);
  }

  /** @throws EddyError `invalid-state` on another detector's record. */
  restore(from: Snapshot): void {
    putState(this.#arrays, from, 'adwin');
  }
}

const badOption = (rule: string, got: unknown) =>
  new EddyError('invalid-option', `adwin: ${rule}, got ${String(got)}; leave it out for the default`);
