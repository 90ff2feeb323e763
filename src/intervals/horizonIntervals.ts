import { snapshotRecord } from '../core/snapshotRecord.js';
import type { Snapshot } from '../core/stage.js';
import { copyState, putState } from '../stats/arrayState.js';
import { type IntervalOptions, Intervals } from './intervals.js';
import { PendingCoverage } from './pendingCoverage.js';

/**
 * Intervals around forecasts of all channels 1 … horizon rows ahead, each with a state of its own; what is forecast nearer tells
 * those further ahead how the forecasts that are still out will fare.
 *
 *     const bands = new HorizonIntervals(1, 24, { alpha: 0.1 });
 *     const { low, high } = bands.step(row, forecast); // [24 × 1]
 */
export class HorizonIntervals {
  readonly #channels: number;
  readonly #pendingCoverages: readonly PendingCoverage[];
  readonly #each: readonly Intervals[];

  /** @throws EddyError `invalid-option` */
  constructor(channels: number, horizon: number, options: IntervalOptions = {}) {
    this.#channels = channels;
    this.#pendingCoverages = Array.from({ length: channels }, () => new PendingCoverage(horizon));
    this.#each = Array.from(
      { length: horizon * channels },
      (_, i) => new Intervals(options, Math.floor(i / channels) + 1, this.#pendingCoverages[i % channels]),
    );
  }

  /** Takes a row, NaN where a value is missing, and what is forecast at it, [horizon × channels]. */
  step(row: Float64Array, forecast: Float64Array): { low: Float64Array; high: Float64Array } {
    const low = new Float64Array(forecast.length);
    const high = new Float64Array(forecast.length);
    const channels = this.#channels;
    forecast.forEach((value, i) => {
      this.#pendingCoverages[i % channels].forecast[Math.floor(i / channels)] = value;
    });
    this.#each.forEach((intervals, i) => {
      ({ low: low[i], high: high[i] } = intervals.step(row[i % channels], forecast[i]));
    });
    return { low, high };
  }

  /** Those of one channel, so many rows ahead: to read how they have done. */
  of(ahead: number, channel = 0): Pick<Intervals, 'scored' | 'coverage' | 'meanScore'> {
    return this.#each[(ahead - 1) * this.#channels + channel];
  }

  get #arrays(): readonly Float64Array[] {
    return this.#pendingCoverages.flatMap((pendingCoverage) => pendingCoverage.state);
  }

  snapshot(): Snapshot {
    return { each: this.#each.map((intervals) => intervals.snapshot()), pendingCoverage: copyState(this.#arrays) };
  }

  /** @throws EddyError `invalid-state` on a record that other options made. */
  restore({ each, pendingCoverage }: Snapshot): void {
    putState(this.#arrays, snapshotRecord('intervals', 'pendingCoverage', pendingCoverage), 'intervals');
    this.#each.forEach((intervals, i) => {
      intervals.restore(snapshotRecord('intervals', String(i), Array.isArray(each) ? each[i] : undefined));
    });
  }
}
