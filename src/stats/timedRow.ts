import { EddyError } from '../core/errors.js';
import type { Row } from './row.js';

/** A moment: milliseconds since the epoch, or what knows them, as a Date does. */
export type Moment = number | { getTime(): number };

/** A row and when it was taken. */
export interface TimedRow {
  readonly time: Moment;
  readonly values: Row;
}

/** A sample's time in milliseconds. @throws EddyError `invalid-sample` where it is none. */
export function readTime(sample: unknown, where: string, index: number): number {
  const time: unknown = typeof sample === 'object' && sample !== null && 'time' in sample ? sample.time : undefined;
  const milliseconds = millisecondsOf(time);
  if (Number.isFinite(milliseconds)) return milliseconds;
  throw new EddyError(
    'invalid-sample',
    `${where}: sample ${index} must be { time, values } with a time in milliseconds or a Date, got ${String(time)}; map samples to that shape`,
  );
}

/** The milliseconds of a moment, whatever came in its place; NaN where that is none. */
export function millisecondsOf(time: unknown): number {
  if (typeof time === 'number') return time;
  if (typeof time !== 'object' || time === null || !('getTime' in time) || typeof time.getTime !== 'function') {
    return Number.NaN;
  }
  return Number(time.getTime());
}

/** A sample's values. */
export const readValues = (sample: unknown): unknown =>
  typeof sample === 'object' && sample !== null && 'values' in sample ? sample.values : undefined;
