import { carryForward, type ForecastModel, type ForecastShape } from '../forecastModel.js';

/** The straight line through the first row and the newest goes on. */
export function openDrift({ channels, horizon }: ForecastShape): ForecastModel {
  const first = new Float64Array(channels).fill(Number.NaN);
  const since = new Float64Array(channels);
  const last = new Float64Array(channels);
  const forecast = new Float64Array(horizon * channels);
  let rows = 0;
  return {
    forecast,
    step(row) {
      carryForward(row, last);
      for (let c = 0; c < channels; c++) {
        if (Number.isNaN(first[c]) && !Number.isNaN(row[c])) {
          first[c] = row[c];
          since[c] = rows;
        }
        const slope = rows > since[c] && !Number.isNaN(first[c]) ? (last[c] - first[c]) / (rows - since[c]) : 0;
        for (let h = 0; h < horizon; h++) forecast[h * channels + c] = last[c] + (h + 1) * slope;
      }
      rows++;
    },
  };
}
