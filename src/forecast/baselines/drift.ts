import { copyState, putState } from '../../stats/arrayState.js';
import { carryForward, type ForecastModel, type ForecastShape } from '../forecastModel.js';

/** The straight line through the first row and the newest goes on. */
export function createDrift({ channels, horizon }: ForecastShape): ForecastModel {
  const first = new Float64Array(channels).fill(Number.NaN);
  const since = new Float64Array(channels);
  const last = new Float64Array(channels);
  const forecast = new Float64Array(horizon * channels);
  const rows = new Float64Array(1);
  const state = [first, since, last, forecast, rows];
  return {
    forecast,
    step(row) {
      carryForward(row, last);
      for (let c = 0; c < channels; c++) {
        if (Number.isNaN(first[c]) && !Number.isNaN(row[c])) {
          first[c] = row[c];
          since[c] = rows[0];
        }
        const slope = rows[0] > since[c] && !Number.isNaN(first[c]) ? (last[c] - first[c]) / (rows[0] - since[c]) : 0;
        for (let h = 0; h < horizon; h++) forecast[h * channels + c] = last[c] + (h + 1) * slope;
      }
      rows[0]++;
    },
    snapshot: () => copyState(state),
    restore: (from) => putState(state, from, 'drift'),
  };
}
