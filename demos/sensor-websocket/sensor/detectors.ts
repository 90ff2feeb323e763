import type { Snapshot, Stage } from 'rx-eddy';
import type { Anomaly } from 'rx-eddy/operators';
import { detectAnomaliesStage } from 'rx-eddy/operators/forecasting/detectAnomalies';
import type { ScoredRow } from './history.js';
import type { Reading } from './reading.js';
import { recordOf } from './record.js';

interface Watched {
  value: number | null;
  time: number | undefined;
}

/** One anomaly detector a channel, over the forecasts of the sensor's engine. */
export class Detectors {
  readonly #stages: readonly Stage<Watched, Anomaly>[];
  /** The forecast of the next row. */
  readonly #next: Float64Array;

  constructor(readonly channels: number) {
    this.#next = new Float64Array(channels).fill(Number.NaN);
    this.#stages = Array.from({ length: channels }, (_, c) =>
      detectAnomaliesStage<Watched>({
        value: ({ value }) => value,
        time: ({ time }) => time,
        alpha: 0.1,
        forecaster: () => ({ step: () => this.#next[c], snapshot: () => ({}), restore() {} }),
      })(),
    );
  }

  /** Scores a row by its forecast, then takes the forecast of the next one. */
  step({ time, timed, values }: Pick<Reading, 'time' | 'timed' | 'values'>, forecast: Float64Array): ScoredRow {
    this.#next.set(forecast);
    const empty = () => new Float64Array(this.channels).fill(Number.NaN);
    const scored: ScoredRow = {
      time,
      values,
      forecast: empty(),
      low: empty(),
      high: empty(),
      score: 0,
      alarm: undefined,
    };
    this.#stages.forEach((stage, c) => {
      const value = Number.isNaN(values[c]) ? null : values[c];
      stage.step({ value, time: timed ? time : undefined }, (anomaly) => {
        scored.forecast[c] = anomaly.forecast ?? Number.NaN;
        scored.low[c] = anomaly.low ?? Number.NaN;
        scored.high[c] = anomaly.high ?? Number.NaN;
        if (anomaly.score >= scored.score) {
          scored.score = anomaly.score;
          scored.alarm = anomaly.alarm ? anomaly.cause : undefined;
        }
      });
    });
    return scored;
  }

  snapshot(): Snapshot {
    return { stages: this.#stages.map((stage) => stage.snapshot?.() ?? {}), next: this.#next.slice() };
  }

  restore({ stages, next }: Snapshot): void {
    if (!Array.isArray(stages) || stages.length !== this.channels || !(next instanceof Float64Array))
      throw new TypeError('a checkpoint must have a detector a channel');
    this.#stages.forEach((stage, c) => {
      stage.restore?.(recordOf(stages[c], 'detector'));
    });
    this.#next.set(next);
  }
}
