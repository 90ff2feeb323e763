import type { OperatorFunction } from 'rxjs';
import type { Row, Scaled } from '../../src/stats/row.js';
import type { Scaler } from '../../src/stats/scaler.js';
import { createUnscaling } from '../../src/stats/scaling.js';
import { asOperator } from '../streams/asOperator.js';

/**
 * Undoes `standardize` or `minMax`: rows in scaled units go out in their own.
 *
 *     const scaler = createMomentScaler();
 *     source                                          --1--3--2--8--|
 *     source.pipe(standardize({ scaler }))            --------0--6--|
 *     source.pipe(standardize({ scaler }), inverse(scaler))  -2--8--|
 *
 * The scale is the one under which the scaler's newest row was scored, so what follows in the same turn returns exactly.
 *
 * - Emits:  once per row, in the same turn: a number for a number, a Float32Array for an array.
 * - Fails:  on a row that is not finite, or not as wide as the scaler.
 * - State:  the scaler's, which it never changes.
 */
export function inverse<In extends Row>(scaler: Scaler): OperatorFunction<In, Scaled<In>>;
export function inverse(scaler: Scaler): OperatorFunction<Row, number | Float32Array> {
  return asOperator(() => createUnscaling(scaler));
}
