import { EddyError } from '../core/errors.js';
import type { Snapshot } from '../core/stage.js';
import { erfc, log } from '../math/functions.js';
import { copyState, putState } from '../stats/arrayState.js';
import type { AnomalyScore, AnomalyScorer } from './anomalyScore.js';

const LARGEST = 1e100;
const FLOOR = 1e-10; // the tail probability that scores 1, as in the authors' log scale

export interface AnomalyLikelihoodOptions {
  /** Errors in the long window, an integer ≥ 20. Default 2000. */
  window?: number;
  /** Newest errors whose mean is tested, an integer ≥ 1. Default 10. */
  short?: number;
}

/**
 * The anomaly likelihood of Ahmad, Lavin, Purdy & Agha (2017, doi 10.1016/j.neucom.2017.04.070): the errors of a long window
 * are taken to be normal, and the mean of the last ten is tested against them:
 *
 *     L = 1 − Q((μ̃ − μ) / σ),   score = ln(1 − L) / ln 10⁻¹⁰,   Q the normal tail
 *
 * Kept as the published measure; on the same errors `TailScore` does better.
 */
export class AnomalyLikelihood implements AnomalyScorer {
  readonly #errors: Float64Array;
  readonly #short: number;
  /** rows, rows missing before the next */
  readonly #state = new Float64Array(2);

  /** @throws EddyError `invalid-option` */
  constructor({ window = 2000, short = 10 }: AnomalyLikelihoodOptions = {}) {
    if (!(Number.isInteger(window) && window >= 20)) throw badOption('window must be an integer ≥ 20', window);
    if (!(Number.isInteger(short) && short >= 1 && short < window)) {
      throw badOption('short must be an integer ≥ 1, below window', short);
    }
    this.#errors = new Float64Array(window);
    this.#short = short;
  }

  miss(): void {
    this.#state[1]++;
  }

  step(value: number, forecast: number): AnomalyScore {
    const errors = this.#errors;
    const state = this.#state;
    const missing = state[1];
    const size = Math.min(LARGEST, Math.abs(value - forecast)) / Math.sqrt(1 + missing);
    errors[state[0]++ % errors.length] = Number.isFinite(size) ? size : LARGEST;
    state[1] = 0;
    const tail = this.#tail();
    const score = Math.max(0, Math.min(1, log(Math.max(tail, FLOOR)) / log(FLOOR)));
    return {
      score,
      alarm: score >= 0.5,
      cause: 'error',
      expected: Math.max(tail, FLOOR) * state[0],
      missing,
      parts: { error: score },
    };
  }

  /** The chance of a mean as large as that of the newest errors. */
  #tail(): number {
    const errors = this.#errors;
    const rows = this.#state[0];
    const n = Math.min(rows, errors.length);
    if (n < 2 * this.#short) return 1;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += errors[i];
    const mean = sum / n;
    let squares = 0;
    for (let i = 0; i < n; i++) squares += (errors[i] - mean) * (errors[i] - mean);
    const deviation = Math.sqrt(squares / n);
    let newest = 0;
    for (let i = 1; i <= this.#short; i++) newest += errors[(rows - i) % errors.length] / this.#short;
    return deviation > 0 ? erfc((newest - mean) / deviation / Math.SQRT2) / 2 : 1;
  }

  snapshot(): Snapshot {
    return copyState([this.#errors, this.#state]);
  }

  /** @throws EddyError `invalid-state` on a record that other options made. */
  restore(from: Snapshot): void {
    putState([this.#errors, this.#state], from, 'anomalyLikelihood');
  }
}

const badOption = (rule: string, got: unknown) =>
  new EddyError('invalid-option', `anomalyLikelihood: ${rule}, got ${String(got)}; leave it out for the default`);
