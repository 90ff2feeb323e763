import { snapshotRecord } from '../../snapshotRecord.js';
import type { Snapshot } from '../../stage.js';
import { type IntervalOptions, Intervals } from './intervals.js';

/**
 * Intervals around forecasts of all channels 1 … horizon rows ahead, each with a state of its own.
 *
 *     const bands = new HorizonIntervals(1, 24, { alpha: 0.1 });
 *     const { low, high } = bands.step(row, forecast); // [24 × 1]
 */
export class HorizonIntervals {
  readonly #channels: number;
  readonly #each: readonly Intervals[];

  /** @throws EddyError `invalid-option` */
  constructor(channels: number, horizon: number, options: Omit<IntervalOptions, 'horizon'>) {
    this.#channels = channels;
    this.#each = Array.from(
      { length: horizon * channels },
      (_, i) => new Intervals({ ...options, horizon: Math.floor(i / channels) + 1 }),
    );
  }

  /** Takes a row, NaN where a value is missing, and what is forecast at it, [horizon × channels]. */
  step(row: Float64Array, forecast: Float64Array): { low: Float64Array; high: Float64Array } {
    const low = new Float64Array(forecast.length);
    const high = new Float64Array(forecast.length);
    this.#each.forEach((intervals, i) => {
      ({ low: low[i], high: high[i] } = intervals.step(row[i % this.#channels], forecast[i]));
    });
    return { low, high };
  }

  snapshot(): Snapshot {
    return { each: this.#each.map((intervals) => intervals.snapshot()) };
  }

  /** @throws EddyError `invalid-state` on a record that other options made. */
  restore({ each }: Snapshot): void {
    this.#each.forEach((intervals, i) => {
      intervals.restore(snapshotRecord('intervals', String(i), Array.isArray(each) ? each[i] : undefined));
    });
  }
}
