import type { OperatorFunction } from 'rxjs';
import type { OpenStage } from '../../src/core/stage.js';
import { createRangeScaler } from '../../src/stats/rangeScaler.js';
import type { Row, Scaled } from '../../src/stats/row.js';
import type { Scaler } from '../../src/stats/scaler.js';
import { createScaling } from '../../src/stats/scaling.js';
import { asOperator } from '../streams/asOperator.js';

export interface MinMaxOptions {
  /** A scaler to use and teach in place of a fresh one: give the same one to `inverse`. */
  scaler?: Scaler;
}

const CLIP = 1e6;

/**
 * Emits each row on a scale where the smallest value so far is 0 and the largest 1, channel by channel.
 *
 *     source      --2--4--3--8--|
 *     minMax()    -------.5--3--|
 *
 * A row is scaled before it is learned from: a new extreme stands out once.
 *
 * - Emits:  once per row from the third on, in the same turn: a number for a number, a Float32Array for an array.
 * - Fails:  on a row that is not finite, or not as wide as the first; nothing has been learned from it then.
 * - State:  one scaler per subscription; resubscribing starts cold, unless `scaler` is given.
 */
export function minMax<In extends Row>(options?: MinMaxOptions): OperatorFunction<In, Scaled<In>>;
export function minMax(options?: MinMaxOptions): OperatorFunction<Row, number | Float32Array> {
  return asOperator(minMaxStage(options));
}

export function minMaxStage({ scaler }: MinMaxOptions = {}): () => OpenStage<Row, number | Float32Array> {
  return () => createScaling(scaler ?? createRangeScaler(), 2, CLIP, 'minMax');
}
