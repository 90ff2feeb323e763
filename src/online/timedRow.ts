import { EddyError } from '../errors.js';
import type { Row } from './row.js';

/** A row and when it was taken: milliseconds since the epoch, or a Date. */
export interface TimedRow {
  readonly time: number | Date;
  readonly values: Row;
}

/** A sample's time in milliseconds. @throws EddyError `invalid-sample` where it is none. */
export function readTime(sample: unknown, where: string, index: number): number {
  const time: unknown = typeof sample === 'object' && sample !== null && 'time' in sample ? sample.time : undefined;
  const milliseconds = time instanceof Date ? time.getTime() : time;
  if (typeof milliseconds === 'number' && Number.isFinite(milliseconds)) return milliseconds;
  throw new EddyError(
    'invalid-sample',
    `${where}: sample ${index} must be { time, values } with a time in milliseconds or a Date, got ${String(time)}; map samples to that shape`,
  );
}

/** A sample's values. */
export const readValues = (sample: unknown): unknown =>
  typeof sample === 'object' && sample !== null && 'values' in sample ? sample.values : undefined;
