import type { ForecastModel } from './forecastModel.js';

/** How forecasts of one horizon are scored. */
export interface EvaluationOptions {
  channels: number;
  horizon: number;
  /** The first row (from 0) whose forecasts are scored: those made at the row before it and later. */
  from: number;
  /** Per channel, what errors are divided by; a constant channel's is 1. */
  deviations: Float64Array;
}

/** One model's score: means over all forecast rows, channels and steps ahead 1 … horizon whose target was there. */
export interface Evaluated {
  /** Errors that were scored. */
  count: number;
  mse: number;
  mae: number;
  /** Σ|error| / Σ|value|, in the data's units, `horizon` rows ahead alone. */
  relative: number;
  /** A row's step, the median: what else a machine does falls on few rows. */
  microseconds: number;
}

/**
 * Scores a model prequentially: a forecast is made when row t has come and waits as a ticket until its own row comes; only
 * origins whose last step lies within the data count, so that all steps ahead are scored on the same origins.
 *
 * `score` takes the row and the model's next forecasts in turn; nothing of a row reaches the model before its forecasts of
 * it have been made.
 */
export class Evaluation {
  readonly #options: EvaluationOptions;
  /** Forecasts of the last horizon rows. */
  readonly #tickets: Float64Array;
  /** Of each ticket: Σ error², Σ|error|, count, |error| and |value| at the last step. */
  readonly #open: Float64Array;
  #row = -1;
  #squares = 0;
  #sizes = 0;
  #count = 0;
  #lastErrors = 0;
  #lastValues = 0;
  readonly #times: number[] = [];

  constructor(options: EvaluationOptions) {
    this.#options = options;
    const { channels, horizon } = options;
    this.#tickets = new Float64Array(horizon * horizon * channels);
    this.#open = new Float64Array(horizon * 3);
  }

  /** Scores what was forecast for `row`, then lets the model take it. `clock` gives milliseconds. */
  step(model: ForecastModel, row: Float64Array, time: number, clock: () => number): void {
    this.#row++;
    this.#score(row);
    const start = clock();
    model.step(row, time);
    this.#times.push(clock() - start);
    const { channels, horizon } = this.#options;
    const ticket = this.#row % horizon;
    this.#tickets.set(model.forecast, ticket * horizon * channels);
    this.#open.fill(0, ticket * 3, ticket * 3 + 3);
  }

  result(): Evaluated {
    const per = (sum: number) => (this.#count > 0 ? sum / this.#count : 0);
    return {
      count: this.#count,
      mse: per(this.#squares),
      mae: per(this.#sizes),
      relative: this.#lastValues > 0 ? this.#lastErrors / this.#lastValues : 0,
      microseconds: 1000 * median(this.#times),
    };
  }

  #score(row: Float64Array): void {
    const { channels, horizon, from, deviations } = this.#options;
    for (let ahead = 1; ahead <= horizon && ahead <= this.#row; ahead++) {
      const origin = this.#row - ahead;
      if (origin + 1 < from && !(ahead === horizon && this.#row >= from)) continue;
      const ticket = origin % horizon;
      const at = (ticket * horizon + ahead - 1) * channels;
      for (let c = 0; c < channels; c++) {
        if (Number.isNaN(row[c])) continue;
        const raw = this.#tickets[at + c] - row[c];
        if (ahead === horizon && this.#row >= from) {
          this.#lastErrors += Math.abs(raw);
          this.#lastValues += Math.abs(row[c]);
        }
        if (origin + 1 < from) continue;
        const error = raw / deviations[c];
        this.#open[ticket * 3] += error * error;
        this.#open[ticket * 3 + 1] += Math.abs(error);
        this.#open[ticket * 3 + 2]++;
      }
      if (ahead === horizon) this.#close(ticket * 3);
    }
  }

  #close(at: number): void {
    this.#squares += this.#open[at];
    this.#sizes += this.#open[at + 1];
    this.#count += this.#open[at + 2];
  }
}

function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  return Float64Array.from(values).sort()[values.length >> 1];
}
