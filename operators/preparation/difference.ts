import type { OperatorFunction } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { disposing, type OpenStage } from '../../src/core/stage.js';
import { type Row, readRow, widthOf } from '../../src/stats/row.js';
import { checkArrays, numberOf, packState } from '../../src/stats/state.js';
import { asOperator } from '../streams/asOperator.js';

export interface DifferenceOptions {
  /** Rows between the two values, ≥ 1. Default 1; a season's length takes the season away. */
  lag?: number;
}

/** What `difference` makes of a row: a number of a number, a Float64Array of any array. */
export type Differenced<In extends Row> = In extends number ? number : Float64Array;

/**
 * Emits how much each row differs from the one `lag` rows before.
 *
 *     source                   --1--3--2--8--|
 *     difference()             -----2--(-1)-6-|
 *     difference({ lag: 2 })   --------1--5--|
 *
 * - Emits:  once per row after the first `lag`, in the same turn.
 * - Fails:  on a row that is not finite, or not as wide as the first; it has not been taken then.
 * - State:  the last `lag` rows, per subscription.
 */
export function difference<In extends Row>(options?: DifferenceOptions): OperatorFunction<In, Differenced<In>>;
export function difference(options?: DifferenceOptions): OperatorFunction<Row, number | Float64Array> {
  return asOperator(differenceStage(options));
}

export function differenceStage({ lag = 1 }: DifferenceOptions = {}): () => OpenStage<Row, number | Float64Array> {
  if (!Number.isSafeInteger(lag) || lag < 1) {
    throw new EddyError('invalid-option', `difference: lag must be a whole number ≥ 1, got ${lag}; leave it out for 1`);
  }
  return () => {
    let row = new Float64Array(0);
    let past = new Float64Array(0);
    let index = 0;
    return {
      step(sample, emit) {
        const fresh = index === 0 ? new Float64Array(Math.max(1, widthOf(sample))) : row;
        readRow(sample, fresh, 'difference', index);
        if (index === 0) past = new Float64Array(lag * fresh.length);
        row = fresh;
        const slot = (index % lag) * row.length;
        const change = row.map((value, i) => value - past[slot + i]);
        past.set(row, slot);
        if (index++ < lag) return;
        emit(typeof sample === 'number' ? change[0] : change);
      },
      snapshot: () => ({ index, width: row.length, parts: packState([past]) }),
      restore(from) {
        const width = numberOf('difference', from, 'width');
        const [saved] = checkArrays('difference', [lag * width], from.parts);
        index = numberOf('difference', from, 'index');
        row = new Float64Array(width);
        past = saved.slice();
      },
      ...disposing(),
    };
  };
}
