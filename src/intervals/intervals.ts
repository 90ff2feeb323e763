import { EddyError } from '../core/errors.js';
import type { Snapshot } from '../core/stage.js';
import { copyState, putState } from '../stats/arrayState.js';
import { AdaptiveConformal } from './adaptiveConformal.js';
import { AggregatedConformal } from './aggregatedConformal.js';
import { ConformalPid } from './conformalPid.js';
import { intervalScore } from './intervalScore.js';
import { LogConformal, usualGamma } from './logConformal.js';
import type { PendingCoverage } from './pendingCoverage.js';
import type { Radius } from './radius.js';

export interface IntervalOptions {
  /** The share of values that may fall outside, 0 < α < 1. Default 0.1. */
  alpha?: number;
  /**
   * `log`: adaptive conformal inference on the level's logarithm, forecasts still out counted in, default; `aci`: the same as published; `dtaci`: that at
   * many step sizes; `pid`: conformal PID.
   */
  method?: 'log' | 'aci' | 'dtaci' | 'pid';
  /**
   * γ of `log` and `aci`, above 0: more holds the coverage tighter, less costs less width, the more so the further ahead. Default for `log`
   * 0.15 + 0.05 · rows ahead, at most 1.3, which on real series holds it within 2.5 % over any 1,000 rows up to 24 rows ahead, and mostly up to 48; 0.005 for `aci`.
   */
  gamma?: number;
  /** Scores kept, an integer ≥ 20. Default 1000 for `log`, 500 for `aci` and `dtaci`, 100 for `pid`. */
  window?: number;
}

/** A forecast's interval; infinite, so never wrong, until the first forecast has been tried. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Intervals around the forecasts of one channel, so many rows ahead, which cover a share 1 − α of the values however the stream drifts. A
 * forecast is scored when its own row has come and not before: nothing looks ahead. A missing value scores none.
 *
 *     const intervals = new Intervals({ alpha: 0.1 });
 *     const { low, high } = intervals.step(value, forecastOfTheNextRow);
 *
 * Further ahead than one row `HorizonIntervals` keeps the outlook that `log` judges the forecasts still out by; without one it does not count them.
 */
export class Intervals {
  readonly alpha: number;
  readonly #horizon: number;
  readonly #pendingCoverage: PendingCoverage | undefined;
  readonly #radius: Radius;
  readonly #forecasts: Float64Array;
  readonly #radii: Float64Array;
  /** rows, values that had an interval, covered ones, sum of interval scores, forecasts tried */
  readonly #state = new Float64Array(5);

  /** @throws EddyError `invalid-option` */
  constructor(options: IntervalOptions = {}, horizon = 1, pendingCoverage?: PendingCoverage) {
    const { alpha = 0.1, method = 'log' } = options;
    check(Number.isInteger(horizon) && horizon >= 1, 'rows ahead must be an integer ≥ 1', horizon);
    check(alpha > 0 && alpha < 1, 'alpha must be above 0 and below 1', alpha);
    check(method in WINDOWS, 'method must be log, aci, dtaci or pid', method);
    const { gamma = method === 'log' ? usualGamma(horizon) : 0.005, window = WINDOWS[method] } = options;
    check(gamma > 0 && Number.isFinite(gamma), 'gamma must be above 0', gamma);
    check(Number.isInteger(window) && window >= 20, 'window must be an integer ≥ 20', window);
    this.alpha = alpha;
    this.#horizon = horizon;
    this.#pendingCoverage = method === 'log' ? pendingCoverage : undefined;
    if (method === 'log') this.#radius = new LogConformal(alpha, gamma, window, horizon);
    else if (method === 'aci') this.#radius = new AdaptiveConformal(alpha, gamma, window);
    else if (method === 'dtaci') this.#radius = new AggregatedConformal(alpha, window);
    else this.#radius = new ConformalPid(alpha, window);
    this.#forecasts = new Float64Array(horizon);
    this.#radii = new Float64Array(horizon);
  }

  /** Values that had an interval. */
  get scored(): number {
    return this.#state[1];
  }

  /** The share of them that it covered; NaN before the first. */
  get coverage(): number {
    return this.#state[2] / this.#state[1];
  }

  /** The mean interval (Winkler) score; NaN before the first. */
  get meanScore(): number {
    return this.#state[3] / this.#state[1];
  }

  /** Takes the value of this row (undefined when missing) and the forecast made at it; gives that forecast's interval. */
  step(value: number | undefined, forecast: number): Interval {
    const state = this.#state;
    const place = state[0]++ % this.#horizon;
    if (state[0] > this.#horizon && value !== undefined && Number.isFinite(value)) this.#learn(value, place);
    const radius = state[4] > 0 ? this.#radius.next(state[0], this.#pending()) : Number.POSITIVE_INFINITY;
    this.#forecasts[place] = forecast;
    this.#radii[place] = radius;
    return { low: forecast - radius, high: forecast + radius };
  }

  #learn(value: number, place: number): void {
    const state = this.#state;
    const forecast = this.#forecasts[place];
    const radius = this.#radii[place];
    const score = Math.min(Math.abs(value - forecast), Number.MAX_VALUE);
    state[4]++;
    if (radius < Number.POSITIVE_INFINITY) {
      state[1]++;
      if (score <= radius) state[2]++;
      state[3] += intervalScore(forecast - radius, forecast + radius, value, this.alpha);
    }
    this.#pendingCoverage?.learn(this.#horizon, score);
    this.#radius.learn(score, radius);
  }

  /** Misses that the forecasts still out are expected to bring, by the newest outlook, above those that a share α would give. */
  #pending(): number {
    const pendingCoverage = this.#pendingCoverage;
    if (!pendingCoverage) return 0;
    const step = Math.ceil(this.#horizon / MOST_ASKED);
    let surplus = 0;
    for (let back = 1; back < this.#horizon; back += step) {
      const row = this.#state[0] - 1 - back;
      const place = row % this.#horizon;
      if (row < 0 || !(this.#radii[place] < Number.POSITIVE_INFINITY)) continue;
      const [forecast, radius] = [this.#forecasts[place], this.#radii[place]];
      const chance = pendingCoverage.outside(this.#horizon - back, forecast - radius, forecast + radius);
      if (chance !== undefined) surplus += step * (chance - this.alpha);
    }
    return surplus;
  }

  get #arrays(): readonly Float64Array[] {
    return [this.#state, this.#forecasts, this.#radii, ...this.#radius.state];
  }

  snapshot(): Snapshot {
    return copyState(this.#arrays);
  }

  /** @throws EddyError `invalid-state` on a record that other options made. */
  restore(from: Snapshot): void {
    putState(this.#arrays, from, 'intervals');
  }
}

const MOST_ASKED = 48; // forecasts still out; of more, evenly as many
const WINDOWS = { log: 1000, aci: 500, dtaci: 500, pid: 100 };

function check(holds: boolean, rule: string, got: unknown): void {
  if (!holds)
    throw new EddyError('invalid-option', `intervals: ${rule}, got ${String(got)}; leave it out for the default`);
}
