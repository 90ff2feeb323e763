import { copyState, putState } from '../../stats/arrayState.js';
import { carryForward, type ForecastModel, type ForecastShape } from '../forecastModel.js';

/** All that comes is what was last seen. */
export function createLastValue({ channels, horizon }: ForecastShape): ForecastModel {
  const last = new Float64Array(channels);
  const forecast = new Float64Array(horizon * channels);
  return {
    forecast,
    step(row) {
      carryForward(row, last);
      for (let h = 0; h < horizon; h++) forecast.set(last, h * channels);
    },
    snapshot: () => copyState([last, forecast]),
    restore: (from) => putState([last, forecast], from, 'lastValue'),
  };
}
