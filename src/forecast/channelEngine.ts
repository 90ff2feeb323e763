import { snapshotRecord } from '../core/snapshotRecord.js';
import type { Snapshot } from '../core/stage.js';
import { HorizonIntervals } from '../intervals/horizonIntervals.js';
import type { Runtime } from '../runtime/runtime.js';
import { readRow } from '../stats/row.js';
import { Forecaster } from './forecaster.js';
import { listOrNull } from './forecastModel.js';
import type { ForecastStep } from './forecastStep.js';
import { createNetworkForecaster, type NetworkForecaster } from './networkForecaster.js';
import { type ForecastEngineOptions, seasonsOf } from './options.js';
import { PendingForecasts } from './pendingForecasts.js';

/** A forecast engine once the number of channels is known: the forecaster, its networks, its intervals. */
export class ChannelEngine {
  readonly network: NetworkForecaster | undefined;
  readonly intervals: HorizonIntervals | undefined;
  readonly #forecaster: Forecaster;
  readonly #pending: PendingForecasts;
  readonly #row: Float64Array;
  readonly #tellsDrift: boolean;

  /** Without a runtime it has no networks. @throws EddyError `invalid-option`, `out-of-memory` */
  constructor(
    runtime: Runtime | undefined,
    options: ForecastEngineOptions,
    readonly channels: number,
  ) {
    const { horizon = 1, season, intervals, onDrift } = options;
    const shape = { channels, horizon };
    this.network = runtime && createNetworkForecaster(runtime, shape, options);
    this.intervals = intervals && new HorizonIntervals(channels, horizon, intervals);
    this.#forecaster = new Forecaster({ ...shape, seasons: seasonsOf(season), network: this.network });
    this.#pending = new PendingForecasts(shape);
    this.#row = new Float64Array(channels);
    this.#tellsDrift = onDrift !== undefined;
  }

  /** @throws EddyError `invalid-sample` */
  step(sample: unknown, time: number): ForecastStep {
    const row = this.#row;
    const forecaster = this.#forecaster;
    readRow(sample, row, 'forecast', forecaster.index + 2, true);
    forecaster.step(row, time);
    const { forecast } = forecaster;
    const scored = this.#pending.step(row, forecast);
    const band = this.intervals?.step(row, forecast);
    return {
      index: forecaster.index + 1,
      forecast: Array.from(forecast),
      rmse: this.#rmse(),
      ...(band && { low: listOrNull(band.low), high: listOrNull(band.high) }),
      scored,
      skill: forecaster.skill.read(),
      ...(this.#tellsDrift && { drift: this.network?.drifted === true }),
    };
  }

  #rmse(): (number | null)[] {
    const size = this.#forecaster.forecast.length;
    const list = new Array<number | null>(size);
    for (let i = 0; i < size; i++) list[i] = this.#pending.hasScored(i) ? this.#forecaster.spread(i) : null;
    return list;
  }

  snapshot(): Snapshot {
    return {
      channels: this.channels,
      forecaster: this.#forecaster.snapshot(),
      pending: this.#pending.snapshot(),
      ...(this.intervals && { intervals: this.intervals.snapshot() }),
    };
  }

  /** @throws EddyError `invalid-state` */
  restore({ forecaster, pending, intervals }: Snapshot): void {
    this.#forecaster.restore(snapshotRecord('forecast', 'forecaster', forecaster));
    this.#pending.restore(snapshotRecord('forecast', 'pending', pending));
    this.intervals?.restore(snapshotRecord('forecast', 'intervals', intervals));
  }

  dispose(): void {
    this.#forecaster.dispose();
  }
}
