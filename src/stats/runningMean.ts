import { EddyError } from '../core/errors.js';
import type { Snapshot } from '../core/stage.js';
import { checkArrays, packState } from './state.js';

/** Over what a running mean is taken: all values (default), the last `window`, or all with weights that fall by `fading`. */
export interface Span {
  /** The last so many values, ≥ 1. */
  window?: number;
  /** 0 < fading < 1: a value counts `fading` times as much as the one after it (Gama et al. 2013, doi 10.1007/s10994-012-5320-9). */
  fading?: number;
}

/** @throws EddyError `invalid-option` on a window or fading factor out of range, or both at once. */
export function checkSpan(where: string, { window, fading }: Span): void {
  const wrong = (rule: string, got: unknown) =>
    new EddyError('invalid-option', `${where}: ${rule}, got ${String(got)}; leave it out for all values`);
  if (window !== undefined && fading !== undefined)
    throw wrong('window and fading must not both be given', `${window} and ${fading}`);
  if (window !== undefined && !(Number.isSafeInteger(window) && window >= 1))
    throw wrong('window must be a whole number ≥ 1', window);
  if (fading !== undefined && !(fading > 0 && fading < 1)) throw wrong('fading must lie between 0 and 1', fading);
}

/** Means of several series of values over one span, in constant memory. */
export class RunningMeans {
  /** Per series: Σ weight · value, Σ weight, values seen. */
  readonly #sums: Float64Array;
  readonly #recent: Float64Array;
  readonly #window: number;
  readonly #fading: number;

  constructor(count: number, { window = 0, fading = 1 }: Span) {
    this.#window = window;
    this.#fading = fading;
    this.#sums = new Float64Array(count * 3);
    this.#recent = new Float64Array(count * window);
  }

  learn(i: number, value: number): void {
    const at = i * 3;
    const sums = this.#sums;
    const window = this.#window;
    sums[at] = sums[at] * this.#fading + value;
    sums[at + 1] = sums[at + 1] * this.#fading + 1;
    if (window > 0) {
      this.#recent[i * window + (sums[at + 2] % window)] = value;
      sums[at + 1] = Math.min(sums[at + 1], window);
    }
    sums[at + 2]++;
  }

  /** The mean of series `i`; 0 before its first value. */
  read(i: number): number {
    const at = i * 3;
    const weight = this.#sums[at + 1];
    if (weight === 0) return 0;
    if (this.#window === 0) return this.#sums[at] / weight;
    // Summed again: taking old values away from a running sum would leave their rounding behind.
    let sum = 0;
    for (let k = 0; k < weight; k++) sum += this.#recent[i * this.#window + k];
    return sum / weight;
  }

  snapshot(): Snapshot {
    return { parts: packState([this.#sums, this.#recent]) };
  }

  restore(from: Snapshot): void {
    const [sums, recent] = checkArrays('telemetry', [this.#sums.length, this.#recent.length], from.parts);
    this.#sums.set(sums);
    this.#recent.set(recent);
  }
}
