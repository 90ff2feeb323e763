import { clamp } from '../stats/clamp.js';
import { CALENDAR, type Clock } from '../stats/clock.js';
import type { History } from '../stats/history.js';
import type { RunningScales } from '../stats/runningScales.js';

/** The level, the newest two changes, the change a season ago, the change since. */
const INPUTS = 5;
const CLIP = 4; // deviations, or typical changes

/** What a network looks at: the stream's rows and their scales, the newest row included. */
export interface NetworkViews {
  readonly history: History;
  readonly clock: Clock;
  readonly levels: RunningScales;
  readonly moves: RunningScales;
}

/** Numbers that a network reads at each row. */
export const networkInputs = (channels: number): number => INPUTS * channels + CALENDAR;

/** Holds nothing between calls. */
const calendar = new Float64Array(CALENDAR);

/** Writes what a network reads at the newest row, [5 × channels + calendar], into `x`. */
export function readNetworkInput(
  { history, clock, levels, moves }: NetworkViews,
  channels: number,
  horizon: number,
  x: Float32Array,
): void {
  let j = 0;
  for (let c = 0; c < channels; c++) {
    const s = levels.deviation(c);
    const typical = moves.deviation(c * horizon);
    const y = history.at(c, 0);
    const day = clock.short;
    const change = (a: number, b: number, unit: number) =>
      unit > 0 && history.has(a) && history.has(b) ? clamp((history.at(c, a) - history.at(c, b)) / unit, CLIP) : 0;
    x[j++] = s > 0 ? clamp((y - levels.mean(c)) / s, CLIP) : 0;
    x[j++] = change(0, 1, typical);
    x[j++] = change(1, 2, typical);
    x[j++] = day > 0 ? change(day - 1, day, typical) : 0;
    x[j++] = day > 0 ? change(0, day, s) : 0;
  }
  clock.features(calendar, 0);
  x.set(calendar, j);
}
