import { EddyError } from '../core/errors.js';
import type { Snapshot } from '../core/stage.js';
import { copyState, putState } from '../stats/arrayState.js';
import type { DriftDetector } from './driftDetector.js';

export interface PageHinkleyOptions {
  /** Rows before a change may be found. Default 30. */
  minRows?: number;
  /** δ: the size of change that is let pass. Default 0.005. */
  delta?: number;
  /** λ: how much must have gathered. Default 50. */
  threshold?: number;
  /** How the gathered amount fades with each row, 0 < fade ≤ 1. Default 0.9999. */
  fade?: number;
  /** Which way the mean must move. Default both. */
  direction?: 'up' | 'down' | 'both';
}

/**
 * The Page–Hinkley test (Page 1954, Biometrika 41:100): gathers how far the values lie above their own mean,
 *
 *     U_t = f U_{t−1} + (x_t − x̄_t − δ),   change when U_t − min U > λ
 *
 * and the same below it. δ and λ are in the units of the values: for errors near 1 the defaults are right.
 */
export class PageHinkley implements DriftDetector {
  readonly #options: Required<PageHinkleyOptions>;
  /** rows, mean, U above, its least, U below, its least */
  readonly #state = new Float64Array(6);

  /** @throws EddyError `invalid-option` */
  constructor({
    minRows = 30,
    delta = 0.005,
    threshold = 50,
    fade = 0.9999,
    direction = 'both',
  }: PageHinkleyOptions = {}) {
    if (!(Number.isInteger(minRows) && minRows >= 1)) throw badOption('minRows must be an integer ≥ 1', minRows);
    if (!(delta >= 0 && Number.isFinite(delta))) throw badOption('delta must be a number ≥ 0', delta);
    if (!(threshold > 0)) throw badOption('threshold must be above 0', threshold);
    if (!(fade > 0 && fade <= 1)) throw badOption('fade must be above 0 and at most 1', fade);
    if (!['up', 'down', 'both'].includes(direction))
      throw badOption("direction must be 'up', 'down' or 'both'", direction);
    this.#options = { minRows, delta, threshold, fade, direction };
  }

  step(value: number): boolean {
    const state = this.#state;
    const { minRows, delta, threshold, fade, direction } = this.#options;
    state[0]++;
    state[1] += (value - state[1]) / state[0];
    state[2] = fade * state[2] + (value - state[1] - delta);
    state[4] = fade * state[4] - (value - state[1] + delta);
    state[3] = Math.min(state[3], state[2]);
    state[5] = Math.min(state[5], state[4]);
    if (state[0] < minRows) return false;
    // Not ≤ in place of >: what has overflowed to NaN is beyond any threshold too, and starts again.
    const up = direction !== 'down' && !(state[2] - state[3] <= threshold);
    const down = direction !== 'up' && !(state[4] - state[5] <= threshold);
    if (!up && !down) return false;
    state.fill(0);
    return true;
  }

  snapshot(): Snapshot {
    return copyState([this.#state]);
  }

  /** @throws EddyError `invalid-state` on another detector's record. */
  restore(from: Snapshot): void {
    putState([this.#state], from, 'pageHinkley');
  }
}

const badOption = (rule: string, got: unknown) =>
  new EddyError('invalid-option', `pageHinkley: ${rule}, got ${String(got)}; leave it out for the default`);
