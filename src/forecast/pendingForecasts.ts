import type { Snapshot } from '../core/stage.js';
import { copyState, putState } from '../stats/arrayState.js';
import { type ForecastShape, orNull } from './forecastModel.js';

/** What was forecast for the newest row, `horizon` rows before it, and how far off that was. Lists are [channels]. */
export interface ScoredForecast {
  readonly forecast: readonly number[];
  /** The value minus its forecast; null where the value is missing. */
  readonly error: readonly (number | null)[];
}

/** The forecasts that are furthest ahead, until their rows come. */
export class PendingForecasts {
  readonly #channels: number;
  readonly #horizon: number;
  /** [horizon × channels]: those of the last `horizon` rows, by turns. */
  readonly #pending: Float64Array;
  /** [horizon × channels]: 1 where a forecast has been scored. */
  readonly #scored: Float64Array;
  /** Rows so far. */
  readonly #rows = new Float64Array(1);

  constructor({ channels, horizon }: ForecastShape) {
    this.#channels = channels;
    this.#horizon = horizon;
    this.#pending = new Float64Array(horizon * channels);
    this.#scored = new Float64Array(horizon * channels);
  }

  /** Whether a forecast like number `i` of [horizon × channels] has ever been scored. */
  hasScored(i: number): boolean {
    return this.#scored[i] === 1;
  }

  /** Takes a row, NaN where a value is missing, and the forecast made at it, [horizon × channels]. */
  step(row: Float64Array, forecast: Float64Array): ScoredForecast | null {
    const channels = this.#channels;
    const horizon = this.#horizon;
    const rows = this.#rows[0]++;
    for (let i = 0; i < Math.min(rows, horizon) * channels; i++) {
      if (!Number.isNaN(row[i % channels])) this.#scored[i] = 1;
    }
    const at = (rows % horizon) * channels;
    const made = rows < horizon ? undefined : Array.from(this.#pending.subarray(at, at + channels));
    this.#pending.set(forecast.subarray((horizon - 1) * channels), at);
    return made ? { forecast: made, error: made.map((value, c) => orNull(row[c] - value)) } : null;
  }

  get #arrays(): readonly Float64Array[] {
    return [this.#pending, this.#scored, this.#rows];
  }

  snapshot(): Snapshot {
    return copyState(this.#arrays);
  }

  /** @throws EddyError `invalid-state` on a record of another shape. */
  restore(from: Snapshot): void {
    putState(this.#arrays, from, 'forecast');
  }
}
