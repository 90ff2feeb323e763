import { EddyError } from '../core/errors.js';
import type { Snapshot } from '../core/stage.js';
import type { Storage } from './rls/covariance.js';

/** A state that lives in arrays, as a snapshot: copies, in order. */
export const copyState = (arrays: readonly Storage[]): Snapshot => ({
  arrays: arrays.map((array) => array.slice()),
});

/**
 * Puts a copied state back into the arrays it was taken from; all of it or nothing.
 *
 * @throws EddyError `invalid-state` when the record holds other arrays: another part, or other options, made it.
 */
export function putState(arrays: readonly Storage[], { arrays: from }: Snapshot, where: string): void {
  const given: readonly unknown[] = Array.isArray(from) ? from : [];
  const fitting = given.filter(
    (a, i): a is Float64Array => a instanceof Float64Array && a.length === arrays[i]?.length,
  );
  if (given.length !== arrays.length || fitting.length !== arrays.length) {
    const expected = `arrays of ${arrays.map((array) => array.length).join(', ')} numbers`;
    throw new EddyError(
      'invalid-state',
      `${where}: a snapshot must hold ${expected}, got ${given.length} arrays, ${fitting.length} of them fitting; restore into a stage of equal options`,
    );
  }
  arrays.forEach((array, i) => {
    array.set(fitting[i]);
  });
}
