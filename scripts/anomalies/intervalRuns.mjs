import { Intervals } from '../../dist/src/online/conformal/intervals.js';
import { Forecaster } from '../../dist/src/online/forecaster.js';
import { LEARNED, learnedRun } from './learnedIntervals.mjs';
import { readSeries } from './series.mjs';

export const HORIZONS = [1, 3, 6, 12, 24];
const METHODS = ['log', 'aci', 'dtaci', 'pid'];

/** The real series, and what `forecast` (without networks) says 1 … 24 rows ahead at every row. */
export function readForecasts() {
  return readSeries().map(({ name, values, times }) => {
    // The sensor that is stuck from row 6,840 on is forecast exactly, so any interval covers it.
    const used = name.startsWith('ETTh2') ? values.slice(0, 6800) : values;
    const most = HORIZONS.at(-1);
    const forecaster = new Forecaster({ channels: 1, horizon: most });
    const forecasts = new Float64Array(used.length * most);
    const row = new Float64Array(1);
    used.forEach((value, t) => {
      row[0] = value;
      forecaster.step(row, times[t]);
      forecasts.set(forecaster.forecast, t * most);
    });
    return { name, values: used, at: (t, horizon) => forecasts[t * most + horizon - 1] };
  });
}

/** Misses after 1,000 rows, and the mean interval score, of one series. */
function intervalRun({ values, at }, options) {
  const { horizon } = options;
  const intervals = new Intervals(options);
  const misses = [];
  const out = [];
  values.forEach((value, t) => {
    const known = Number.isFinite(value);
    const due = out[t - horizon];
    if (known && due && Number.isFinite(due.low)) misses.push(value < due.low || value > due.high ? 1 : 0);
    out.push(intervals.step(known ? value : undefined, at(t, horizon)));
  });
  return { misses: misses.slice(1000), score: intervals.meanScore };
}

/** The furthest that the share of misses is from alpha over any so many values in a row, in per cent. */
function furthest(misses, length, alpha) {
  let sum = 0;
  let most = 0;
  const within = Math.min(length, misses.length);
  misses.forEach((miss, i) => {
    sum += miss - (i >= within ? misses[i - within] : 0);
    if (i >= within - 1) most = Math.max(most, Math.abs(sum / within - alpha));
  });
  return 100 * most;
}

const geometric = (ratios) => Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
const percent = (value) => `${value.toFixed(2)} %`;

function summary(runs, alpha, scores) {
  const over = (length) => Math.max(...runs.map(({ misses }) => furthest(misses, length, alpha)));
  const kept = runs.filter(({ misses }) => furthest(misses, 1000, alpha) <= 2.5).length;
  const ratio = geometric(runs.map(({ score }, s) => score / scores[s]));
  return [percent(over(1000)), `${kept} of ${runs.length}`, percent(over(10_000)), ratio.toFixed(3)];
}

/** Rows of the methods' table; the scores are against `aci` at the same horizon. */
export function methodRows(series) {
  const settings = [
    ...HORIZONS.map((horizon) => ({ alpha: 0.1, horizon })),
    { alpha: 0.05, horizon: 1 },
    { alpha: 0.05, horizon: 12 },
  ];
  return settings.flatMap(({ alpha, horizon }) => {
    const runs = METHODS.map((method) => series.map((one) => intervalRun(one, { alpha, horizon, method })));
    const scores = runs[1].map(({ score }) => score);
    return METHODS.map((method, m) => [horizon, alpha, method, ...summary(runs[m], alpha, scores)]);
  });
}

/** What a firmer and a softer hand do 12 and 24 rows ahead. */
export function gammaRows(series) {
  return [12, 24].flatMap((horizon) => {
    const scores = series.map((one) => intervalRun(one, { horizon, method: 'aci' }).score);
    return [0.05, 0.1, 0.2, 0.3, 0.5, 0.8].map((gamma) => [
      horizon,
      gamma,
      ...summary(
        series.map((one) => intervalRun(one, { horizon, gamma })),
        0.1,
        scores,
      ),
    ]);
  });
}

/** Each series by itself, with the default method: furthest over 1,000 at each horizon. */
export function seriesRows(series) {
  return series.map((one) => [
    one.name,
    ...HORIZONS.map((horizon) => percent(furthest(intervalRun(one, { horizon, alpha: 0.1 }).misses, 1000, 0.1))),
  ]);
}

/** The intervals that a network learns by itself, one row ahead, against those of `aci`. */
export async function learnedRows(series) {
  const scores = series.map((one) => intervalRun(one, { horizon: 1, method: 'aci' }).score);
  const rows = [];
  for (const [name, learned] of Object.entries(LEARNED)) {
    const runs = [];
    for (const { values } of series) runs.push(await learnedRun(values, learned));
    rows.push([1, 0.1, name, ...summary(runs, 0.1, scores)]);
  }
  return rows;
}
