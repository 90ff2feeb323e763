import type { OperatorFunction } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { disposing, type OpenStage } from '../../src/core/stage.js';
import { type Row, readRow, widthOf } from '../../src/stats/row.js';
import { checkArrays, numberOf, packState } from '../../src/stats/state.js';
import { asOperator } from '../streams/asOperator.js';

/** A row that may have gaps: NaN, null or undefined. */
export type Gappy = Row | null | undefined | readonly (number | null | undefined)[];

export interface ImputeOptions {
  /** What fills a gap: the channel's last value (default), or its mean so far. */
  with?: 'last' | 'mean';
  /** What fills gaps before a channel's first value. Default 0. */
  initial?: number;
}

/** A row without gaps, and where they were. Arrays are the subscriber's own. */
export interface Imputed {
  values: Float64Array;
  /** 1 where the value was missing. */
  missing: Uint8Array;
  /** Rows since the channel's last value: 0 where it is there; counted from the start before the first. */
  since: Float64Array;
}

/**
 * Fills gaps from the past alone, and reports where they were: a network that sees `missing` and `since` can learn from them
 * (Che et al. 2018, doi 10.1038/s41598-018-24271-9).
 *
 *     source      --1---NaN---3--|
 *     impute()    --1----1----3--|     missing 0 1 0, since 0 1 0
 *
 * - Emits:  { values, missing, since } for each row, in the same turn.
 * - Fails:  on text, ±Infinity, or a row not as wide as the first; it has not been taken then.
 * - State:  last value, mean and age of each channel, per subscription.
 */
export const impute = <In extends Gappy>(options?: ImputeOptions): OperatorFunction<In, Imputed> =>
  asOperator<In, Imputed>(imputeStage(options));

export function imputeStage({ with: fill = 'last', initial = 0 }: ImputeOptions = {}): () => OpenStage<Gappy, Imputed> {
  if (fill !== 'last' && fill !== 'mean') {
    throw new EddyError(
      'invalid-option',
      `impute: with must be 'last' or 'mean', got ${String(fill)}; leave it out for 'last'`,
    );
  }
  if (!Number.isFinite(initial)) {
    throw new EddyError(
      'invalid-option',
      `impute: initial must be a finite number, got ${initial}; leave it out for 0`,
    );
  }
  return () => {
    let filling = new Float64Array(0);
    let counts = new Float64Array(0);
    let since = new Float64Array(0);
    let index = 0;
    const open = (width: number) => {
      filling = new Float64Array(width).fill(initial);
      counts = new Float64Array(width);
      since = new Float64Array(width);
    };
    return {
      step(sample, emit) {
        const values = new Float64Array(index === 0 ? Math.max(1, widthOf(sample)) : filling.length);
        readRow(sample, values, 'impute', index, true);
        if (index++ === 0) open(values.length);
        const missing = new Uint8Array(values.length);
        for (let i = 0; i < values.length; i++) {
          if (Number.isNaN(values[i])) {
            missing[i] = 1;
            values[i] = filling[i];
            since[i]++;
            continue;
          }
          since[i] = 0;
          counts[i]++;
          const rate = fill === 'last' ? 1 : 1 / counts[i];
          filling[i] = rate === 1 ? values[i] : filling[i] + rate * (values[i] - filling[i]);
        }
        emit({ values, missing, since: since.slice() });
      },
      snapshot: () => ({ index, width: filling.length, parts: packState([filling, counts, since]) }),
      restore(from) {
        const width = numberOf('impute', from, 'width');
        const [a, b, c] = checkArrays('impute', [width, width, width], from.parts);
        index = numberOf('impute', from, 'index');
        [filling, counts, since] = [a.slice(), b.slice(), c.slice()];
      },
      ...disposing(),
    };
  };
}
