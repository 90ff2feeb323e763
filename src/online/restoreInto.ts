import { EddyError } from '../errors.js';
import type { SnapshotValue } from '../stage.js';

/**
 * Copies a snapshot's array back into the array it was taken from.
 *
 * @throws EddyError `invalid-state` when the record holds something else, or another length: other options made it.
 */
export function restoreInto(target: Float64Array, value: SnapshotValue | undefined, where: string): void {
  if (!(value instanceof Float64Array) || value.length !== target.length) {
    const came = value instanceof Float64Array ? `${value.length}` : typeof value;
    throw new EddyError(
      'invalid-state',
      `${where}: a snapshot must hold ${target.length} numbers here, got ${came}; restore into a stage of equal options`,
    );
  }
  target.set(value);
}
