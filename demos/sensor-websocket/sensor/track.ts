import type { Snapshot } from 'rx-eddy';
import { metricsStage } from 'rx-eddy/operators/forecasting/metrics';
import { numbersOf, recordOf } from './record.js';

/** A prequential record of forecasts over the last some 200 rows: how far off it was, and how much better than the last value. */
export class Track {
  readonly #stage = metricsStage({ fading: 0.995 })();
  /** Mean absolute error, and that over the last value's; NaN before the first. */
  #errors: Float64Array = Float64Array.of(Number.NaN, Number.NaN);

  /** Scores the forecast of a row, now that the row has come; NaN: missing. */
  score(forecast: Float64Array, values: Float64Array): void {
    const output = forecast.map((value) => (Number.isNaN(value) ? 0 : value));
    const target = values.map((value, c) => (Number.isNaN(forecast[c]) ? Number.NaN : value));
    this.#stage.step({ output, target }, ({ mae, mase }) => {
      this.#errors[0] = mae;
      this.#errors[1] = mase;
    });
  }

  /** Mean absolute error in the sensor's units. */
  get error(): number | null {
    return orNull(this.#errors[0]);
  }

  /** 1 − error / error of the last value; null while the last value has made none. */
  get skill(): number | null {
    return this.#errors[1] > 0 ? 1 - this.#errors[1] : null;
  }

  snapshot(): Snapshot {
    return { stage: this.#stage.snapshot?.() ?? {}, errors: this.#errors.slice() };
  }

  restore({ stage, errors }: Snapshot): void {
    this.#stage.restore?.(recordOf(stage, 'stage'));
    this.#errors = numbersOf(errors, 'errors', 2);
  }
}

const orNull = (value: number) => (Number.isFinite(value) ? value : null);
