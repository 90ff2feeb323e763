import { defer, type OperatorFunction } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { snapshotRecord } from '../../src/core/snapshotRecord.js';
import { disposing, type OpenStage } from '../../src/core/stage.js';
import { FORECAST_DEFAULTS } from '../../src/forecast/defaults.js';
import { Forecaster } from '../../src/forecast/forecaster.js';
import {
  createNetworkForecaster,
  type NetworkForecaster,
  networksStarted,
  type OpenNetworkWatch,
  startNetworks,
} from '../../src/forecast/networkForecaster.js';
import type { Seasons } from '../../src/forecast/seasonFinder.js';
import type { Skill } from '../../src/forecast/skill.js';
import { HorizonIntervals } from '../../src/intervals/horizonIntervals.js';
import type { IntervalOptions } from '../../src/intervals/intervals.js';
import { type Row, readRow, widthOf } from '../../src/stats/row.js';
import { numberOf } from '../../src/stats/state.js';
import { type Moment, millisecondsOf } from '../../src/stats/timedRow.js';
import { bufferUntil } from '../shared/bufferUntil.js';
import { checkDriftReaction, DriftReaction, type DriftReactionOptions } from '../shared/driftReaction.js';
import { asOperator } from '../streams/asOperator.js';

export interface ForecastOptions<In> {
  /** Rows ahead: all of 1 … horizon are forecast. Default 1. */
  horizon?: number;
  /** A value's numbers. Default: the value itself. */
  features?: (value: In) => Row;
  /** A value's time: a Date, or milliseconds since the epoch (UTC); it tells the seasons. Default: none. */
  time?: (value: In) => Moment;
  /** Rows in a season, or in a short and a long one; 0: none. Default: from `time`, else found by autocorrelation. */
  season?: number | Seasons;
  /** LSTMs among the experts, 0 to 4. Default 2. With 0 nothing has to be started. */
  networks?: number;
  /**
   * Conformal intervals around each forecast: `{ alpha: 0.1 }` aims at covering nine values in ten. A `gamma` or `method` of one's own
   * is that of all horizons. Default: none.
   */
  intervals?: IntervalOptions;
  /** Of the networks' first weights. Default 1. */
  seed?: number;
  /** What each network does when its loss is found to have risen, as in `learn`. Default: nothing; what is stacked on it forgets by itself. */
  onDrift?: DriftReactionOptions;
}

/** What one row brought. Arrays are [horizon × channels], row-major; the subscriber's own. */
export interface ForecastStep {
  /** The row's number, from 1. */
  index: number;
  /** What the next rows are expected to be. */
  forecast: Float64Array;
  /** The root mean square error of such forecasts so far, in the data's units; 0 before the first has come due. */
  scale: Float64Array;
  /** With `intervals`: their ends; ±Infinity until such forecasts have been tried. */
  low?: Float64Array;
  high?: Float64Array;
  /** Share of the squared error taken away from the baselines over the last 2,000 rows or so: above 0 is better. */
  skill: Skill;
  /** With `onDrift`: was there a reaction at this row? */
  drift?: boolean;
}

/**
 * Forecasts a stream 1 … horizon rows ahead, and learns from every row: experts (last value, least squares on lags and
 * seasons, seasonal naive, two LSTMs) → a stack that combines them → a judge that weighs all by their newest past → an arbiter
 * that holds the judge's word against the best of them alone over all of it.
 *
 *     sensor$                         --a-----b-----c--|
 *     forecast({ horizon: 5 })        --(5)---(5)---(5)|     from the first row on
 *
 * A forecast is learned from only when its row has come. NaN, null and undefined are gaps: a row with one is forecast from
 * all the same, and teaches nothing there. The networks run on WASM, which starts once a process: only the very first rows
 * may wait for it, after it everything goes out in the same turn (`await startNetworks()` beforehand: no row waits).
 *
 * - Emits:  { index, forecast, scale, skill } for each row; with `intervals` also { low, high }.
 * - Fails:  with `invalid-sample` on a row of another width, ±Infinity or text, and with what a selector throws; with `host`
 *           where WASM cannot start.
 * - State:  everything learned, per subscription; freed at its end.
 *
 *     sensor$.pipe(forecast({ horizon: 5 })).subscribe(({ forecast }) => console.log(forecast));
 */
export function forecast<In = Row>(options: ForecastOptions<In> = {}): OperatorFunction<In, ForecastStep> {
  const open = forecastStage(options);
  const run = asOperator(open);
  if (options.networks === 0) return run;
  return (source) => defer(() => (networksStarted() ? source : source.pipe(bufferUntil<In>(startNetworks)))).pipe(run);
}

/**
 * The stage of `forecast`. With networks `startNetworks()` must have been awaited before its first step.
 * @throws EddyError `invalid-option` at the call.
 */
export function forecastStage<In = Row>(options: ForecastOptions<In> = {}): () => OpenStage<In, ForecastStep> {
  const { horizon = 1, networks = FORECAST_DEFAULTS.networks, seed = FORECAST_DEFAULTS.seed } = options;
  const { features, time, season, intervals, onDrift } = options;
  requireWhole('horizon', horizon, 1, 10_000);
  requireWhole('networks', networks, 0, 4);
  const seasons: Seasons | undefined = typeof season === 'number' ? [season, 0] : season;
  for (const rows of seasons ?? []) requireWhole('season', rows, 0, 1_000_000);
  if (intervals) new HorizonIntervals(1, 1, intervals);
  if (onDrift) checkDriftReaction('forecast', onDrift);
  if (onDrift && networks === 0) {
    throw new EddyError('invalid-option', 'forecast: onDrift needs networks, got networks 0; leave one of the two out');
  }
  const openWatch: OpenNetworkWatch | undefined =
    onDrift && ((model, schedule) => new DriftReaction('forecast', onDrift, model, schedule));
  return () => {
    let forecaster: Forecaster | undefined;
    let bands: HorizonIntervals | undefined;
    let baseForecaster: NetworkForecaster | undefined;
    let row = new Float64Array(0);
    const openFor = (channels: number) => {
      const network =
        networks > 0 ? createNetworkForecaster(channels, horizon, networks, seed, { openWatch }) : undefined;
      baseForecaster = network;
      row = new Float64Array(channels);
      bands = intervals && new HorizonIntervals(channels, horizon, intervals);
      forecaster = new Forecaster({ channels, horizon, seasons, network });
      return forecaster;
    };
    return {
      step(value, emit) {
        const sample: unknown = features ? features(value) : value;
        const index = (forecaster?.index ?? -1) + 1;
        if (!forecaster) readRow(sample, new Float64Array(Math.max(1, widthOf(sample))), 'forecast', 1, true);
        const model = forecaster ?? openFor(Math.max(1, widthOf(sample)));
        readRow(sample, row, 'forecast', index + 1, true);
        model.step(row, time ? millisecondsOf(time(value)) : Number.NaN);
        emit({
          index: index + 1,
          forecast: model.forecast.slice(),
          scale: model.forecast.map((_, i) => model.spread(i)),
          skill: model.skill.read(),
          ...bands?.step(row, model.forecast),
          ...(onDrift && { drift: baseForecaster?.drifted === true }),
        });
      },
      snapshot: () => ({
        channels: row.length,
        ...(forecaster && { forecaster: forecaster.snapshot() }),
        ...(bands && { intervals: bands.snapshot() }),
      }),
      restore(from) {
        const channels = numberOf('forecast', from, 'channels');
        forecaster?.dispose();
        forecaster = undefined;
        row = new Float64Array(0);
        if (channels === 0) return;
        openFor(channels).restore(snapshotRecord('forecast', 'forecaster', from.forecaster));
        bands?.restore(snapshotRecord('forecast', 'intervals', from.intervals));
      },
      ...disposing(() => forecaster?.dispose()),
    };
  };
}

function requireWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new EddyError(
    'invalid-option',
    `forecast: ${name} must be a whole number from ${least} to ${most}, got ${value}; leave it out for the default`,
  );
}
