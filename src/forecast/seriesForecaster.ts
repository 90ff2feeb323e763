import type { Snapshot } from '../core/stage.js';
import { Forecaster } from './forecaster.js';
import type { OneStepForecaster } from './oneStepForecaster.js';

/** The forecaster of one series, one row ahead, without networks: least squares, seasons and profile, stacked and weighted. */
export class SeriesForecaster implements OneStepForecaster {
  readonly #forecaster = new Forecaster({ channels: 1, horizon: 1 });
  readonly #row = new Float64Array(1);

  step(value: number, time = Number.NaN): number {
    this.#row[0] = value;
    this.#forecaster.step(this.#row, time);
    return this.#forecaster.forecast[0];
  }

  snapshot(): Snapshot {
    return this.#forecaster.snapshot();
  }

  /** @throws EddyError `invalid-state` on another part's record. */
  restore(from: Snapshot): void {
    this.#forecaster.restore(from);
  }
}
