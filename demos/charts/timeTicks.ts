import { placeOf } from './ForecastRows.js';

const [SECOND, MINUTE, HOUR, DAY] = [1e3, 6e4, 3.6e6, 8.64e7];
/** What people count time by. */
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30, 91, 182, 365].map((n) => n * DAY),
];

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const minute = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const second = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export interface TimeTicks {
  /** Places of rows. */
  places: number[];
  labels: string[];
}

/** Ticks at round times, at most `most` of them and each at the first row that is not before its time; `times` in ms, not falling. */
export function timeTicks(times: Float64Array, most: number): TimeTicks {
  const [from, to] = [times[0], times[times.length - 1]];
  const ticks: TimeTicks = { places: [], labels: [] };
  if (!(to > from)) return ticks;
  const step = STEPS.find((step) => (to - from) / step <= most) ?? STEPS[STEPS.length - 1];
  // Round in the time of the place where the page is read.
  const offset = new Date(from).getTimezoneOffset() * MINUTE;
  for (let at = Math.ceil((from - offset) / step) * step + offset; at <= to; at += step) {
    const place = placeOf(times, at);
    if (place === ticks.places[ticks.places.length - 1]) continue;
    ticks.places.push(place);
    ticks.labels.push(sayTick(at, step, offset));
  }
  return ticks;
}

function sayTick(at: number, step: number, offset: number): string {
  if (step >= DAY || (step >= MINUTE && (at - offset) % DAY === 0)) return day.format(at);
  return (step >= MINUTE ? minute : second).format(at);
}
