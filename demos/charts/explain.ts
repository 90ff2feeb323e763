import { say } from './numbers.js';

/** What each part of the anomaly score found, in words; by the names that `detectAnomalies` gives as an alarm's cause. */
const causes: Readonly<Record<string, { label: string; text: string }>> = {
  error: { label: 'off the forecast', text: 'The forecast was wrong by far more than usual.' },
  spread: { label: 'spread', text: 'The last dozen forecasts were all worse than usual.' },
  shape: { label: 'odd shape', text: 'The last errors make a pattern that was not seen before.' },
  season: { label: 'unusual time of day', text: 'This is not usual at this time of day.' },
  flatline: { label: 'flatline', text: 'It has hardly moved, and for longer than ever before.' },
  range: { label: 'out of range', text: 'The value is far from where the series usually is.' },
  gap: { label: 'rows missing', text: 'Expected rows are missing.' },
};

export const labelOfCause = (cause: string): string => causes[cause]?.label ?? cause;

export interface ScoredRow {
  value: number;
  forecast: number;
  low: number;
  high: number;
  cause: string;
}

/** Why a row counts as an anomaly, in a sentence or two. */
export function explain({ value, forecast, low, high, cause }: ScoredRow): string {
  const why = causes[cause]?.text ?? `Raised by ${cause}.`;
  if (!Number.isFinite(value)) return why;
  const side = value > high ? `${say(value - high)} above` : value < low ? `${say(low - value)} below` : 'within';
  const actual = Number.isFinite(forecast) ? `Actual ${say(value)}, forecast ${say(forecast)}` : `Actual ${say(value)}`;
  const interval = Number.isFinite(low) ? `; ${side} the interval of ${say(low)} to ${say(high)}` : '';
  return `${why} ${actual}${interval}.`;
}
