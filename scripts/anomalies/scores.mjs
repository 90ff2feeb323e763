import { AnomalyLikelihood } from '../../dist/src/anomaly/anomalyLikelihood.js';
import { TailScore } from '../../dist/src/anomaly/tailScore.js';
import { LagForecaster } from '../../dist/src/forecast/lagForecaster.js';
import { SeriesForecaster } from '../../dist/src/forecast/seriesForecaster.js';

/** What a file's rows are forecast to be, each by the row before; the first as itself. */
function forecastsOf({ values, times }, forecaster) {
  const out = new Float64Array(values.length);
  out[0] = values[0];
  for (let t = 0; t + 1 < values.length; t++) {
    const next = forecaster.step(values[t], times[t]);
    out[t + 1] = Number.isFinite(next) ? next : values[t];
  }
  return out;
}

const FORECASTERS = {
  eddy: () => new SeriesForecaster(),
  'eight lags': () => new LagForecaster(),
  'last value': () => ({ step: (value) => value }),
};
const known = new WeakMap();

/** Scores of every file, as `detectAnomalies` gives them; forecasts are made once and shared by the variants. */
export function scoresOf(files, { forecaster = 'eddy', scoring, ...options } = {}) {
  return files.map((file) => {
    if (!known.has(file)) known.set(file, {});
    const made = known.get(file);
    made[forecaster] ??= forecastsOf(file, FORECASTERS[forecaster]());
    const judge = scoring === 'likelihood' ? new AnomalyLikelihood() : new TailScore(options);
    return Float64Array.from(file.values, (value, t) => judge.step(value, made[forecaster][t], file.times[t]).score);
  });
}
