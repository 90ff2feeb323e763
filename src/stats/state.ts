import { EddyError } from '../core/errors.js';
import type { Snapshot, SnapshotValue } from '../core/stage.js';
import type { Storage } from './rls/covariance.js';

/** Copies of a part's arrays, in order. */
export const packState = (arrays: readonly Storage[]): Float64Array[] => arrays.map((values) => values.slice());

/**
 * Checks what `packState` gave against the lengths that are wanted.
 * @throws EddyError `invalid-state`
 */
export function checkArrays(
  where: string,
  lengths: readonly number[],
  from: SnapshotValue | undefined,
): Float64Array[] {
  const found = Array.isArray(from) ? from.filter((values) => values instanceof Float64Array) : [];
  if (found.length !== lengths.length || found.some((values, i) => values.length !== lengths[i])) {
    throw new EddyError(
      'invalid-state',
      `${where}: the snapshot must have ${lengths.length} arrays of this shape, it has others; restore into the same channels, horizon and options`,
    );
  }
  return found;
}

/** A number of a snapshot. @throws EddyError `invalid-state` */
export function numberOf(where: string, from: Snapshot, name: string): number {
  const value = from[name];
  if (typeof value === 'number') return value;
  throw new EddyError(
    'invalid-state',
    `${where}: a snapshot must have the number '${name}', got ${String(value)}; restore what snapshot() gave`,
  );
}
