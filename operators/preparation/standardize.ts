import type { OperatorFunction } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import type { OpenStage } from '../../src/core/stage.js';
import type { Row, Scaled } from '../../src/stats/row.js';
import { createMomentScaler, type Scaler } from '../../src/stats/scaler.js';
import { createScaling } from '../../src/stats/scaling.js';
import { asOperator } from '../streams/asOperator.js';

export interface StandardizeOptions {
  /** Rows to see before the first emission, an integer ≥ 2. Default 2. */
  warmup?: number;
  /** Least weight of a new row, 0 ≤ rate < 1. Default 0: all rows weigh the same. 1/2000 forgets over some 2,000 rows. */
  rate?: number;
  /** No score leaves ±clip. Default 1e6. */
  clip?: number;
  /** A scaler to use and teach in place of a fresh one: give the same one to `inverse`. */
  scaler?: Scaler;
}

/**
 * Emits each row as its z-scores, channel by channel, under the mean and deviation of the rows before it.
 *
 *     source           --1--3--2--8--|
 *     standardize()    --------0--6--|
 *
 * A row is scored before it is learned from: it never normalizes itself. A channel that has not varied yet keeps its
 * unit: its score is its distance from the mean.
 *
 * - Emits:  once per row after `warmup`, in the same turn: a number for a number, a Float32Array for an array.
 * - Fails:  on a row that is not finite, or not as wide as the first; nothing has been learned from it then.
 * - State:  one scaler per subscription; resubscribing starts cold, unless `scaler` is given.
 */
export function standardize<In extends Row>(options?: StandardizeOptions): OperatorFunction<In, Scaled<In>>;
export function standardize(options?: StandardizeOptions): OperatorFunction<Row, number | Float32Array> {
  return asOperator(standardizeStage(options));
}

export function standardizeStage(options: StandardizeOptions = {}): () => OpenStage<Row, number | Float32Array> {
  const { warmup = 2, rate = 0, clip = 1e6, scaler } = options;
  if (!(Number.isInteger(warmup) && warmup >= 2)) {
    throw new EddyError(
      'invalid-option',
      `standardize: warmup must be an integer ≥ 2 (a deviation needs two rows), got ${warmup}`,
    );
  }
  if (!(clip > 0)) {
    throw new EddyError('invalid-option', `standardize: clip must be above 0, got ${clip}; leave it out for 1e6`);
  }
  createMomentScaler({ rate });
  return () => createScaling(scaler ?? createMomentScaler({ rate }), warmup, clip, 'standardize');
}
