import { Forecaster } from '../../dist/src/forecast/forecaster.js';
import { HorizonIntervals } from '../../dist/src/intervals/horizonIntervals.js';
import { intervalScore } from '../../dist/src/intervals/intervalScore.js';
import { LEARNED, learnedRun } from './learnedIntervals.mjs';
import { readNab, readSeries } from './series.mjs';

export const HORIZONS = [1, 3, 6, 12, 24];
const METHODS = ['log', 'aci', 'dtaci', 'pid'];

/** A series, and what `forecast` (without networks) says 1 … `most` rows ahead at every row. */
function foretold({ name, values, times }, most = HORIZONS.at(-1)) {
  const forecaster = new Forecaster({ channels: 1, horizon: most });
  const forecasts = new Float64Array(values.length * most);
  const row = new Float64Array(1);
  values.forEach((value, t) => {
    row[0] = value;
    forecaster.step(row, times[t]);
    forecasts.set(forecaster.forecast, t * most);
  });
  return { name, values, at: (t, horizon) => forecasts[t * most + horizon - 1] };
}

/** The real series that the rule was chosen on. */
export const readForecasts = () => chosenOn().map((one) => foretold(one));

// The sensor that is stuck from row 6,840 on is forecast exactly, so any interval covers it.
const chosenOn = () =>
  readSeries().map(({ name, values, times }) => ({
    name,
    values: name.startsWith('ETTh2') ? values.slice(0, 6800) : values,
    times,
  }));

/** The monitoring series of 4,000 rows and more, on which nothing about intervals was chosen; not those made without noise or stuck. */
const monitoring = () =>
  readNab().filter(({ name, rows }) => rows >= 4000 && !/nyc_taxi|NoAnomaly|flatline/.test(name));
export const readOthers = () => monitoring().map((one) => foretold(one));

/**
 * Misses after 1,000 rows, and the mean interval score, of one series at each of the horizons: the published methods look at one horizon each, `log` at all
 * up to the furthest.
 */
function intervalRuns({ values, at }, options, horizons = HORIZONS) {
  const most = horizons.at(-1);
  const alpha = options.alpha ?? 0.1;
  const bands = new HorizonIntervals(1, most, options);
  const runs = horizons.map(() => ({ misses: [], sum: 0, scored: 0 }));
  const out = [];
  const row = new Float64Array(1);
  const forecast = new Float64Array(most);
  values.forEach((value, t) => {
    horizons.forEach((horizon, i) => {
      const scored = out[t - horizon];
      if (!Number.isFinite(value) || !scored || !Number.isFinite(scored.low[horizon - 1])) return;
      const [low, high] = [scored.low[horizon - 1], scored.high[horizon - 1]];
      runs[i].misses.push(value < low || value > high ? 1 : 0);
      runs[i].sum += intervalScore(low, high, value, alpha);
      runs[i].scored++;
    });
    row[0] = value;
    for (let k = 0; k < most; k++) forecast[k] = at(t, k + 1);
    out.push(bands.step(row, forecast));
    out[t - most] = undefined;
  });
  return runs.map(({ misses, sum, scored }) => ({ misses: misses.slice(1000), score: sum / scored }));
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
const WITHIN = 2.5 + 1e-9; // 25 values of a thousand, as a sum of floats

function summary(runs, alpha, scores) {
  const over = (length) => Math.max(...runs.map(({ misses }) => furthest(misses, length, alpha)));
  const kept = runs.filter(({ misses }) => furthest(misses, 1000, alpha) <= WITHIN).length;
  const ratio = geometric(runs.map(({ score }, s) => score / scores[s]));
  return [percent(over(1000)), `${kept} of ${runs.length}`, percent(over(10_000)), ratio.toFixed(3)];
}

const known = new Map();
/** [series][horizon]; made once for equal options. */
function runsOf(series, options) {
  const key = JSON.stringify([series[0].name, options]);
  if (!known.has(key))
    known.set(
      key,
      series.map((one) => intervalRuns(one, options)),
    );
  return known.get(key);
}
const atHorizon = (runs, horizon) => runs.map((each) => each[HORIZONS.indexOf(horizon)]);
const scoresOf = (runs) => runs.map(({ score }) => score);

/** Rows of the methods' table; the scores are against `aci` at the same horizon. */
export function methodRows(series) {
  return [0.1, 0.05, 0.2].flatMap((alpha) =>
    HORIZONS.flatMap((horizon) => {
      const methods = alpha === 0.1 ? METHODS : METHODS.slice(0, 2);
      const runs = methods.map((method) => atHorizon(runsOf(series, { alpha, method }), horizon));
      const scores = scoresOf(runs[methods.indexOf('aci')]);
      return methods.map((method, m) => [horizon, alpha, method, ...summary(runs[m], alpha, scores)]);
    }),
  );
}

/** The default method where nothing was chosen. */
export function otherRows(others) {
  return HORIZONS.map((horizon) => {
    const scores = scoresOf(atHorizon(runsOf(others, { alpha: 0.1, method: 'aci' }), horizon));
    const runs = atHorizon(runsOf(others, { alpha: 0.1, method: 'log' }), horizon);
    return [horizon, ...summary(runs, 0.1, scores)];
  });
}

const FAR = [36, 48];

/** The default method so far ahead that one surprise uses up what is allowed: each group of series by itself. */
export function farRows() {
  const groups = Object.entries({
    'taxi, ETTh2': chosenOn().filter(({ name }) => !name.startsWith('PM2.5')),
    'PM2.5': chosenOn().filter(({ name }) => name.startsWith('PM2.5')),
    monitoring: monitoring(),
  });
  return groups.flatMap(([name, group]) => {
    const series = group.map((one) => foretold(one, FAR.at(-1)));
    const [log, aci] = ['log', 'aci'].map((method) => series.map((one) => intervalRuns(one, { method }, FAR)));
    return FAR.map((horizon, i) => {
      const [runs, others] = [log, aci].map((each) => each.map((horizons) => horizons[i]));
      return [name, horizon, ...summary(runs, 0.1, scoresOf(others))];
    });
  });
}

/** What a firmer and a softer hand do. */
export function gammaRows(series) {
  return [12, 24].flatMap((horizon) => {
    const scores = scoresOf(atHorizon(runsOf(series, { alpha: 0.1, method: 'aci' }), horizon));
    return [0.05, 0.1, 0.2, 0.4, 0.8, 1.6].map((gamma) => [
      horizon,
      gamma,
      ...summary(atHorizon(runsOf(series, { gamma }), horizon), 0.1, scores),
    ]);
  });
}

/** Each series by itself, with the default method: furthest over 1,000 at each horizon. */
export function seriesRows(series) {
  return runsOf(series, { alpha: 0.1, method: 'log' }).map((runs, s) => [
    series[s].name,
    ...runs.map(({ misses }) => percent(furthest(misses, 1000, 0.1))),
  ]);
}

/** The intervals that a network learns by itself, one row ahead, against those of `aci`. */
export async function learnedRows(series) {
  const scores = scoresOf(atHorizon(runsOf(series, { alpha: 0.1, method: 'aci' }), 1));
  const rows = [];
  for (const [name, learned] of Object.entries(LEARNED)) {
    const runs = [];
    for (const { values } of series) runs.push(await learnedRun(values, learned));
    rows.push([1, 0.1, name, ...summary(runs, 0.1, scores)]);
  }
  return rows;
}
