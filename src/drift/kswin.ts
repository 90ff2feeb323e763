import { EddyError } from '../core/errors.js';
import { createRandom, type Random } from '../core/random.js';
import { isRecord } from '../core/snapshot.js';
import type { Snapshot } from '../core/stage.js';
import { copyState, putState } from '../stats/arrayState.js';
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
  /** the window, a ring; how many values it holds, and where the next goes */
  readonly #values: Float64Array;
  readonly #state = new Float64Array(2);
  /** its slots from the least value to the greatest: a row moves one of them, and nothing is ever sorted */
  readonly #order: Uint32Array;
  /** of a slot: 1 among the newest, −1 drawn, 0 neither */
  readonly #side: Int8Array;
  readonly #older: Uint32Array;
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
    this.#values = new Float64Array(window);
    this.#order = new Uint32Array(window);
    this.#side = new Int8Array(window);
    this.#older = new Uint32Array(window - sample);
    this.#random = createRandom(seed);
  }

  step(value: number): boolean {
    const state = this.#state;
    this.#put(state[1], value);
    state[1] = (state[1] + 1) % this.#values.length;
    if (state[0] < this.#values.length || this.#distance() < this.#bound) return false;
    state.fill(0);
    return true;
  }

  /** A value takes its slot, and the slot its place in the order. */
  #put(slot: number, value: number): void {
    const values = this.#values;
    const order = this.#order;
    const state = this.#state;
    let at = state[0] < values.length ? state[0]++ : order.indexOf(slot);
    for (; at > 0 && values[order[at - 1]] > value; at--) order[at] = order[at - 1];
    for (; at + 1 < state[0] && values[order[at + 1]] < value; at++) order[at] = order[at + 1];
    order[at] = slot;
    values[slot] = value;
  }

  /** n times the Kolmogorov–Smirnov distance of the newest n values from n drawn ones. */
  #distance(): number {
    const values = this.#values;
    const order = this.#order;
    const older = this.#older;
    const side = this.#side.fill(1);
    let slot = this.#state[1];
    for (let i = 0; i < older.length; i++) {
      older[i] = slot;
      side[slot] = 0;
      if (++slot === values.length) slot = 0;
    }
    for (let i = 0; i < this.#sample; i++) {
      // Fisher and Yates's shuffle, as far as it is needed.
      const j = i + this.#random.integer(older.length - i);
      side[older[j]] = -1;
      older[j] = older[i];
    }
    let most = 0;
    let apart = 0;
    for (let k = 0; k < order.length; k++) {
      apart += side[order[k]];
      const distance = Math.abs(apart);
      // Only the last of equal values counts.
      if (distance > most && (k + 1 === order.length || values[order[k]] !== values[order[k + 1]])) most = distance;
    }
    return most;
  }

  snapshot(): Snapshot {
    return { ...copyState([this.#values, this.#state]), random: this.#random.snapshot() };
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
    putState([this.#values, this.#state], from, 'kswin');
    this.#random.restore(random);
    const held = Math.min(this.#state[0], this.#values.length);
    this.#state[0] = 0;
    for (let slot = 0; slot < held; slot++) this.#put(slot, this.#values[slot]);
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

const badOption = (rule: string, got: unknown) =>
  new EddyError('invalid-option', `kswin: ${rule}, got ${String(got)}; leave it out for the default`);
