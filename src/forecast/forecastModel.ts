import type { Snapshot } from '../core/stage.js';

/** What forecasts a stream of rows, and learns as they come. */
export interface ForecastModel {
  /** [horizon × channels], row-major, in the data's units: what the newest row is thought to be followed by. */
  readonly forecast: Float64Array;
  /** Takes the next row, NaN where a value is missing, and its time in milliseconds, NaN for none. */
  step(row: Float64Array, time: number): void;
  /** A copy of its whole state; one of the same shape goes on from it bit for bit. */
  snapshot?(): Snapshot;
  restore?(from: Snapshot): void;
  dispose?(): void;
}

/** What a baseline is opened for. */
export interface ForecastShape {
  channels: number;
  horizon: number;
}

/** Writes `row` over `last`, keeping what `last` has where a value is missing; a channel that never had one counts as 0. */
export function carryForward(row: Float64Array, last: Float64Array): void {
  for (let c = 0; c < last.length; c++) if (!Number.isNaN(row[c])) last[c] = row[c];
}

/** A number as a report has it: null where it is unknown. */
export const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Numbers as a report has them. A loop: `Array.from` with a function takes as long as a network's step. */
export function listOrNull(values: Float64Array): (number | null)[] {
  const list = new Array<number | null>(values.length);
  for (let i = 0; i < values.length; i++) list[i] = orNull(values[i]);
  return list;
}
