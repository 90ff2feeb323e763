const LEAST_ROWS = 4; // cycles to see before a season is believed
const LEAST_PEAK = 0.25; // autocorrelation that a season must reach,
const SURE = 4; // and so many standard errors of a series of noise
const LEAST_RISE = 0.1; // … and how far it must stand above the valley before it

/**
 * The seasons of `series` (rows of each channel, oldest first), in rows: the short one, and a multiple of it at which the
 * autocorrelation is clearly higher still (a week over days). 0: none.
 *
 * A season is the first peak of the autocorrelation, averaged over the channels after each lost its linear trend, that comes
 * within a tenth of the highest (Box & Jenkins 1970, ch. 2). It costs rows² / 3 products a channel.
 *
 *     findSeasons([Float64Array.from({ length: 100 }, (_, t) => t % 7)]); // [7, 0]
 */
export function findSeasons(series: readonly Float64Array[]): [short: number, long: number] {
  const rows = series.length > 0 ? series[0].length : 0;
  const longest = Math.floor(rows / LEAST_ROWS);
  const correlation = new Float64Array(longest + 2);
  let varying = 0;
  for (const values of series) varying += addAutocorrelation(values, correlation);
  if (varying === 0 || longest < 3) return [0, 0];
  for (let lag = 0; lag < correlation.length; lag++) correlation[lag] /= varying;

  const least = Math.max(LEAST_PEAK, SURE / Math.sqrt(rows));
  const peaks: number[] = [];
  let valley = 1;
  for (let lag = 2; lag <= longest; lag++) {
    valley = Math.min(valley, correlation[lag - 1]);
    const value = correlation[lag];
    const top = value >= correlation[lag - 1] && value > correlation[lag + 1];
    if (top && value >= least && value - valley >= LEAST_RISE) peaks.push(lag);
  }
  if (peaks.length === 0) return [0, 0];
  const highest = Math.max(...peaks.map((lag) => correlation[lag]));
  const tall = (lag: number) => correlation[lag] >= 0.9 * highest;
  // A day may stand lower than its week; it is the season all the same when the week is a multiple of it.
  const first = peaks.find(tall) ?? 0;
  const short = peaks.find((lag) => isMultiple(first, lag) && correlation[lag] >= 0.7 * highest) ?? first;
  if (short < first) return [sharpen(short, correlation), first];
  const long = peaks.find(
    (lag) => lag > short && isMultiple(lag, short) && correlation[lag] >= correlation[short] + 0.03,
  );
  return [sharpen(short, correlation), long ?? 0];
}

/** The lag near `lag` at whose multiples the autocorrelation is highest: noise moves one broad peak, not all of them alike. */
function sharpen(lag: number, correlation: Float64Array): number {
  const reach = Math.max(1, Math.round(lag / 50));
  const cycles = Math.floor((correlation.length - 2) / (lag + reach));
  let best = lag;
  let highest = -1;
  for (let candidate = lag - reach; candidate <= lag + reach; candidate++) {
    let sum = 0;
    for (let k = 1; k <= cycles; k++) sum += correlation[candidate * k];
    if (sum > highest) [best, highest] = [candidate, sum];
  }
  return best;
}

const isMultiple = (lag: number, of: number) => Math.abs(lag / of - Math.round(lag / of)) < 0.02;

/** Adds r(lag) of one channel; 0 when it does not vary, else 1. */
function addAutocorrelation(values: Float64Array, out: Float64Array): 0 | 1 {
  const n = values.length;
  const x = detrended(values);
  let power = 0;
  for (let t = 0; t < n; t++) power += x[t] * x[t];
  if (!(power > 1e-18 * n)) return 0;
  for (let lag = 0; lag < out.length && lag < n; lag++) {
    let sum = 0;
    for (let t = lag; t < n; t++) sum += x[t] * x[t - lag];
    // Unbiased by the number of products, so that a long lag is not shrunk.
    out[lag] += (sum / power) * (n / (n - lag));
  }
  return 1;
}

/** Standardised residuals of a straight line, clipped to ±3 so that one spike does not hide the rest. */
function detrended(values: Float64Array): Float64Array {
  const n = values.length;
  let mean = 0;
  let slope = 0;
  for (let t = 0; t < n; t++) {
    mean += values[t] / n;
    slope += (t - (n - 1) / 2) * values[t];
  }
  slope /= (n * (n * n - 1)) / 12;
  const x = values.map((value, t) => value - mean - slope * (t - (n - 1) / 2));
  let power = 0;
  for (let t = 0; t < n; t++) power += (x[t] * x[t]) / n;
  const s = Math.sqrt(power);
  if (!(s > 1e-9 * Math.abs(mean))) return x.fill(0);
  return x.map((value) => Math.max(-3, Math.min(3, value / s)));
}
