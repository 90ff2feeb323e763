import type { Columns } from './ForecastRows.js';

/**
 * From where to where a chart's axis goes: all values and forecasts, and of the interval as much as leaves them half of the height. Keeps the
 * range that was shown before while the rows still fill most of it, so that the axis stands still.
 */
export function valueRange(rows: Columns, shown?: readonly [number, number]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [bandLow, bandHigh] = [low, high];
  for (let i = 0; i < rows.value.length; i++) {
    const [value, forecast] = [rows.value[i], rows.forecast[i]];
    if (value < low) low = value;
    if (value > high) high = value;
    if (forecast < low) low = forecast;
    if (forecast > high) high = forecast;
    if (rows.low[i] < bandLow) bandLow = rows.low[i];
    if (rows.high[i] > bandHigh) bandHigh = rows.high[i];
  }
  if (low > high) return [0, 1];
  const span = high - low || Math.abs(high) || 1;
  const from = Math.min(low, Math.max(bandLow, low - span / 2)) - span / 8;
  const to = Math.max(high, Math.min(bandHigh, high + span / 2)) + span / 12;
  const fits = shown && shown[0] <= from && shown[1] >= to && to - from > 0.75 * (shown[1] - shown[0]);
  if (fits) return [shown[0], shown[1]];
  return [from - span / 20, to + span / 20];
}
