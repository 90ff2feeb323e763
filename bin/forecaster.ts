import { EddyError } from '../src/core/errors.js';
import { snapshotRecord } from '../src/core/snapshotRecord.js';
import type { Stage } from '../src/core/stage.js';
import { Forecaster } from '../src/forecast/forecaster.js';
import type { NetworkForecaster } from '../src/forecast/networkForecaster.js';
import type { Seasons } from '../src/forecast/seasonFinder.js';
import { HorizonIntervals } from '../src/intervals/horizonIntervals.js';
import { orNull } from './orNull.js';

/** One value of the series, as it was read. */
export interface Observation {
  index: number;
  time: string | null;
  /** Milliseconds since 1970, NaN where no date tells. */
  moment: number;
  value: number;
}

/** What is said at one row. */
export interface Forecast extends Omit<Observation, 'moment'> {
  /** Made at this row for `horizon` rows ahead. */
  forecast: number;
  /** The forecast's interval; null until such forecasts have been tried. */
  low: number | null;
  high: number | null;
  /** What was forecast for this row; null at the start. */
  expected: number | null;
  /** value − expected. */
  error: number | null;
}

export interface ForecasterOptions {
  horizon: number;
  /** Rows in a season, where no dates tell; 0: found. */
  season: number;
  /** The share of values that the intervals may miss. */
  alpha: number;
}

/** Forecasts one series row by row, as the operator `forecast` does, and holds each value beside what was forecast for it. */
export function createForecaster(
  network: NetworkForecaster,
  { horizon, season, alpha }: ForecasterOptions,
): Stage<Observation, Forecast> & { readonly intervals: HorizonIntervals } {
  const intervals = new HorizonIntervals(1, horizon, { alpha });
  let forecaster: Forecaster | undefined;
  let dated = false;
  const open = (withDates: boolean) => {
    dated = withDates;
    const seasons: Seasons | undefined = dated || season === 0 ? undefined : [season, 0];
    forecaster = new Forecaster({ channels: 1, horizon, seasons, network });
    return forecaster;
  };
  const row = new Float64Array(1);
  /** Of the last `horizon` rows. */
  const forecasts = new Float64Array(horizon);
  return {
    intervals,
    step({ index, time, moment, value }, emit) {
      const engine = forecaster ?? open(!Number.isNaN(moment));
      row[0] = value;
      engine.step(row, moment);
      const forecast = engine.forecast[horizon - 1];
      const slot = engine.index % horizon;
      const expected = engine.index >= horizon ? forecasts[slot] : null;
      forecasts[slot] = forecast;
      const bands = intervals.step(row, engine.forecast);
      const [low, high] = [bands.low[horizon - 1], bands.high[horizon - 1]];
      const error = expected === null ? null : value - expected;
      emit({ index, time, value, forecast, low: orNull(low), high: orNull(high), expected, error });
    },
    snapshot: () => ({
      dated,
      forecasts: forecasts.slice(),
      intervals: intervals.snapshot(),
      ...(forecaster && { forecaster: forecaster.snapshot() }),
    }),
    restore(from) {
      const kept = from.forecasts;
      if (!(kept instanceof Float64Array) || kept.length !== horizon) {
        throw new EddyError(
          'invalid-state',
          `forecaster: the record must hold ${horizon} forecasts, it does not; begin another file`,
        );
      }
      intervals.restore(snapshotRecord('forecaster', 'intervals', from.intervals));
      if (from.forecaster === undefined) return;
      open(from.dated === true).restore(snapshotRecord('forecaster', 'forecaster', from.forecaster));
      forecasts.set(kept);
    },
    dispose: () => network.dispose(),
  };
}
