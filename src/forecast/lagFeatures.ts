import { clamp } from '../stats/clamp.js';
import { CALENDAR, type Clock } from '../stats/clock.js';
import type { History } from '../stats/history.js';
import type { RunningScales } from '../stats/runningScales.js';

const LAGS = 23; // with the newest value a day of hours
const ANCHORS = 8; // horizons whose seasonal lags are inputs
const CLIP = 3; // deviations: a spike teaches, but does not rule
const MOST_CHANNELS = 12; // beyond it the others' inputs would cost more than they tell

/** What the forecaster's least squares read of a channel: everything relative to a base near its newest value, in deviations, clipped. */
export class LagFeatures {
  readonly width: number;
  readonly #anchors: number[];
  readonly #others: boolean;

  constructor(channels: number, horizon: number) {
    const anchors = Math.min(horizon, ANCHORS);
    this.#anchors = Array.from({ length: anchors }, (_, a) => Math.round(((a + 1) * horizon) / anchors));
    this.#others = channels > 1 && channels <= MOST_CHANNELS;
    this.width = LAGS + 1 + 4 * anchors + 2 + (this.#others ? 2 * (channels - 1) : 0) + CALENDAR + 1;
  }

  /** Rows that must be kept for seasons of at most `season` rows. */
  rows(season: number, horizon: number): number {
    return Math.max(LAGS, 2 * season + horizon) + 2;
  }

  /**
   * Writes `width` numbers at out[at …]: own lags, level, seasonal lags at the anchors (the newest that is past, and the one
   * before) and at the row itself, the other channels' change and level, the calendar, 1.
   */
  write(
    c: number,
    base: number,
    history: History,
    levels: RunningScales,
    clock: Clock,
    out: Float64Array,
    at: number,
  ): void {
    const s = levels.deviation(c);
    const inverse = s > 0 ? 1 / s : 0;
    const lag = (back: number) => (history.has(back) ? clamp((history.at(c, back) - base) * inverse, CLIP) : 0);
    let j = at;
    for (let back = 1; back <= LAGS; back++) out[j++] = lag(back);
    out[j++] = clamp((base - levels.mean(c)) * inverse, CLIP);
    for (let k = 0; k < 2; k++) {
      const season = k === 0 ? clock.short : clock.long;
      for (const ahead of this.#anchors) {
        const back = seasonalLag(season, ahead);
        out[j++] = lag(back);
        out[j++] = lag(season > 0 ? back + season : -1);
      }
      out[j++] = lag(season > 0 ? season : -1);
    }
    if (this.#others) j = this.#writeOthers(c, history, levels, out, j);
    clock.features(out, j);
    out[j + CALENDAR] = 1;
  }

  #writeOthers(c: number, history: History, levels: RunningScales, out: Float64Array, at: number): number {
    let j = at;
    for (let d = 0; d < history.channels; d++) {
      if (d === c) continue;
      const s = levels.deviation(d);
      const y = history.at(d, 0);
      out[j++] = s > 0 && history.has(1) ? clamp((y - history.at(d, 1)) / s, CLIP) : 0;
      out[j++] = s > 0 ? clamp((y - levels.mean(d)) / s, CLIP) : 0;
    }
    return j;
  }
}

/** How far back the newest past row stands that is whole seasons before the row `ahead` ahead; −1 without a season. */
export function seasonalLag(season: number, ahead: number): number {
  return season > 0 ? Math.ceil(ahead / season) * season - ahead : -1;
}
