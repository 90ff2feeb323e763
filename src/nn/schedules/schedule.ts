import { EddyError } from '../../core/errors.js';

/** The factor of an optimizer's rate at update 1, 2, …: what `createLearner` takes as `schedule`. */
export type Schedule = (update: number) => number;

/** What the family's registry knows of a schedule: each export carries it as `member`. */
export interface ScheduleMember {
  readonly name: string;
  /** One that the family's tests run. */
  readonly example: () => Schedule;
}

/** Fails with `invalid-option` unless lo ≤ value ≤ hi. */
export function requireFactor(where: string, name: string, value: number, lo: number, hi: number): void {
  if (value >= lo && value <= hi && value < Number.POSITIVE_INFINITY) return;
  throw new EddyError('invalid-option', `${where}: ${name} must be a number from ${lo} to ${hi}, got ${value}`);
}
