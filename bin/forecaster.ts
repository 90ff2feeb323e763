import type { Stage } from '../src/core/stage.js';
import type { ForecastEngine } from '../src/forecast/forecastEngine.js';

/** One value of the series, as it was read. */
export interface Observation {
  index: number;
  time: string | null;
  /** Milliseconds since 1970, NaN where there is no date. */
  moment: number;
  value: number;
}

/** The line of one row; null is unknown. */
export interface Forecast extends Omit<Observation, 'moment'> {
  /** Made at this row for `horizon` rows ahead. */
  forecast: number;
  /** The root mean square error of such forecasts so far. */
  rmse: number | null;
  /** The forecast's interval. */
  low: number | null;
  high: number | null;
  /** The earlier forecast of this row, and the value minus it; null at the start. */
  scored: { forecast: number; error: number | null } | null;
}

/** Forecasts one series row by row with an engine; its `dispose` is that of the engine. */
export function createForecaster(engine: ForecastEngine, horizon: number): Stage<Observation, Forecast> {
  const furthest = horizon - 1;
  return {
    step({ index, time, moment, value }, emit) {
      const { forecast, rmse, low, high, scored } = engine.step(value, moment);
      emit({
        ...{ index, time, value },
        forecast: forecast[furthest],
        rmse: rmse[furthest],
        low: low?.[furthest] ?? null,
        high: high?.[furthest] ?? null,
        scored: scored && { forecast: scored.forecast[0], error: scored.error[0] },
      });
    },
    snapshot: () => engine.snapshot(),
    restore: (from) => engine.restore(from),
    dispose: () => engine.dispose(),
  };
}
