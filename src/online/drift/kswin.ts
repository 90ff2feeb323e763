import { EddyError } from '../../errors.js';
import { openRandom, type Random } from '../../random.js';
import type { Snapshot } from '../../stage.js';
import { copyState, putState } from '../arrayState.js';
import type { DriftDetector } from './driftDetector.js';

export interface KswinOptions {
  /** Level of the test. Default 0.0001. */
  alpha?: number;
  /** Values kept. Default 100. */
  window?: number;
  /** The newest of them, and as many drawn from the others, are compared. Default 30. */
  sample?: number;
  /** Seed of the drawing. Default 1. */
  seed?: number;
}

/**
 * KSWIN (Raab, Heusinger & Schleif 2020, doi 10.1016/j.neucom.2019.11.111): a two-sample Kolmogorov–Smirnov test of the
 * newest r values against r drawn, without replacement, from the older ones of a sliding window. A change is found when the
 * distance between the two empirical distributions has a chance of at most α under the exact null distribution. It sees changes of spread and
 * shape too, which a test of means does not. After a change
 * the window starts empty, as in River (the paper keeps the newest r values; some are from before the change, and found again).
 */
export class Kswin implements DriftDetector {
  readonly #sample: number;
  readonly #bound: number;
  readonly #window: Float64Array;
  readonly #count = new Float64Array(1);
  readonly #recent: Float64Array;
  readonly #drawn: Float64Array;
  readonly #order: Float64Array;
  readonly #random: Random;

  /** @throws EddyError `invalid-option` */
  constructor({ alpha = 0.0001, window = 100, sample = 30, seed = 1 }: KswinOptions = {}) {
    if (!(alpha > 0 && alpha < 1)) throw badOption('alpha must be above 0 and below 1', alpha);
    if (!(Number.isInteger(sample) && sample >= 2)) throw badOption('sample must be an integer ≥ 2', sample);
    if (!(Number.isInteger(window) && window >= 2 * sample)) {
      throw badOption(`window must be an integer of at least two samples (${2 * sample})`, window);
    }
    this.#sample = sample;
    this.#bound = criticalDistance(sample, alpha);
    this.#window = new Float64Array(window);
    this.#recent = new Float64Array(sample);
    this.#drawn = new Float64Array(sample);
    this.#order = new Float64Array(window - sample);
    this.#random = openRandom(seed);
  }

  step(value: number): boolean {
    const window = this.#window;
    const full = this.#count[0] === window.length;
    if (full) window.copyWithin(0, 1);
    else this.#count[0]++;
    window[this.#count[0] - 1] = value;
    if (this.#count[0] < window.length || this.#distance() < this.#bound) return false;
    this.#count[0] = 0;
    return true;
  }

  /** n times the Kolmogorov–Smirnov distance of the newest n values from n drawn ones. */
  #distance(): number {
    const older = this.#order;
    const sample = this.#sample;
    older.set(this.#window.subarray(0, older.length));
    for (let i = 0; i < sample; i++) {
      // Fisher and Yates's shuffle, as far as it is needed.
      const j = i + this.#random.integer(older.length - i);
      const kept = older[i];
      older[i] = older[j];
      older[j] = kept;
    }
    const drawn = this.#drawn;
    const recent = this.#recent;
    drawn.set(older.subarray(0, sample));
    recent.set(this.#window.subarray(older.length));
    drawn.sort();
    recent.sort();
    let most = 0;
    for (let i = 0, j = 0; i < sample && j < sample; ) {
      const at = Math.min(drawn[i], recent[j]);
      while (i < sample && drawn[i] <= at) i++;
      while (j < sample && recent[j] <= at) j++;
      most = Math.max(most, Math.abs(i - j));
    }
    return most;
  }

  snapshot(): Snapshot {
    return { ...copyState([this.#window, this.#count]), random: this.#random.snapshot() };
  }

  /** @throws EddyError `invalid-state` on another detector's record. */
  restore(from: Snapshot): void {
    const { random } = from;
    if (!isRecord(random)) {
      throw new EddyError(
        'invalid-state',
        `kswin: a snapshot must hold its generator, got ${typeof random}; restore what snapshot() gave`,
      );
    }
    putState([this.#window, this.#count], from, 'kswin');
    this.#random.restore(random);
  }
}

/**
 * The least k with P(D ≥ k/n) ≤ α for two samples of n from one continuous distribution (Gnedenko & Korolyuk 1951):
 * P = 2 Σ_{j ≥ 1} (−1)^{j+1} C(2n, n − jk) / C(2n, n). n + 1, which is never reached, when even k = n is likelier.
 */
export function criticalDistance(n: number, alpha: number): number {
  for (let k = 1; k <= n; k++) {
    let chance = 0;
    for (let j = 1; j * k <= n; j++) {
      let ratio = 1; // C(2n, n − jk) / C(2n, n) = Π (n − jk + i) / (n + i)
      for (let i = 1; i <= j * k; i++) ratio *= (n - j * k + i) / (n + i);
      chance += j % 2 === 1 ? 2 * ratio : -2 * ratio;
    }
    if (chance <= alpha) return k;
  }
  return n + 1;
}

const isRecord = (value: Snapshot[string] | undefined): value is Snapshot =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

const badOption = (rule: string, got: unknown) =>
  new EddyError('invalid-option', `kswin: ${rule}, got ${String(got)}; leave it out for the default`);
