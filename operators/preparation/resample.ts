import type { OperatorFunction } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { disposing, type OpenStage } from '../../src/core/stage.js';
import { readRow, widthOf } from '../../src/stats/row.js';
import { checkArrays, numberOf, packState } from '../../src/stats/state.js';
import { readTime, readValues, type TimedRow } from '../../src/stats/timedRow.js';
import { asOperator } from '../streams/asOperator.js';

export interface ResampleOptions {
  /** Milliseconds between rows, above 0. Rows stand at whole multiples of it. */
  every: number;
  /** What a row is of the samples since the one before: their mean (default), the last or their sum. */
  by?: 'mean' | 'last' | 'sum';
  /** What a row without samples is: the row before again (default), or NaN in every channel. */
  empty?: 'hold' | 'gap';
  /** Empty rows on end that are made at most; a longer silence is an error. Default 100,000. */
  most?: number;
}

/** A row of the regular grid: what came from `time` until `every` later. */
export interface Resampled {
  time: number;
  values: Float64Array;
  /** Samples in it. */
  count: number;
}

/**
 * Puts samples with irregular timestamps onto a regular grid. A row goes out when the first sample after it has come: nothing
 * is known of it before.
 *
 *     source (time: value)        --0:1--40:3------110:5--------|
 *     resample({ every: 100 })    -----------------(0: 2)------(100: 5|)
 *
 * Samples of one interval may come in any order, also at the same time; one that belongs to a row that has gone out fails.
 *
 * - Emits:  { time, values, count }, none, one or several for a sample, in the same turn; the open row at completion.
 * - Fails:  on a sample without a time or with one before the open row, not finite, of another width, or after a silence of
 *           more than `most` rows; it has not been taken then.
 * - State:  the open row, per subscription.
 */
export const resample = (options: ResampleOptions): OperatorFunction<TimedRow, Resampled> =>
  asOperator(resampleStage(options));

// Over 60 lines: one closure over one run's state, which every step reads and writes.
export function resampleStage(options: ResampleOptions): () => OpenStage<TimedRow, Resampled> {
  const { every, by = 'mean', empty = 'hold', most = 100_000 } = options;
  if (!(every > 0 && every < Number.POSITIVE_INFINITY)) {
    throw new EddyError(
      'invalid-option',
      `resample: every must be milliseconds above 0, got ${every}; e.g. 60_000 for a minute`,
    );
  }
  if (!['mean', 'last', 'sum'].includes(by) || !['hold', 'gap'].includes(empty)) {
    throw new EddyError(
      'invalid-option',
      `resample: by must be mean, last or sum and empty hold or gap, got ${by} and ${empty}`,
    );
  }
  return () => {
    let sums = new Float64Array(0);
    let row = new Float64Array(0);
    let count = 0;
    let bin = 0;
    let index = 0;

    const close = (): Resampled => {
      const values = sums.map((sum) => (by === 'mean' ? sum / count : sum));
      return { time: bin * every, values, count };
    };
    const take = () => {
      for (let i = 0; i < row.length; i++) sums[i] = by === 'last' || count === 0 ? row[i] : sums[i] + row[i];
      count++;
      index++;
    };
    return {
      step(sample, emit) {
        const place = Math.floor(readTime(sample, 'resample', index) / every);
        const values = readValues(sample);
        const fresh = index === 0 ? new Float64Array(Math.max(1, widthOf(values))) : row;
        if (index > 0 && place < bin) {
          throw new EddyError(
            'invalid-sample',
            `resample: sample ${index} must not lie before the open row at ${bin * every}, got ${place * every}; sort by time upstream, or make every longer`,
          );
        }
        if (index > 0 && place - bin - 1 > most) {
          throw new EddyError(
            'invalid-sample',
            `resample: sample ${index} must come within ${most} rows, ${place - bin - 1} lie between; raise most, or restart the stream after a silence`,
          );
        }
        readRow(values, fresh, 'resample', index);
        if (index === 0) {
          sums = new Float64Array(fresh.length);
          row = fresh;
          bin = place;
        }
        if (place === bin) {
          take();
          return;
        }
        const gone = close();
        const silent = { from: bin + 1, until: place };
        bin = place;
        count = 0;
        take();
        emit(gone);
        for (let k = silent.from; k < silent.until; k++) {
          const filler = empty === 'hold' ? gone.values.slice() : new Float64Array(gone.values.length).fill(Number.NaN);
          emit({ time: k * every, values: filler, count: 0 });
        }
      },
      complete(emit) {
        if (count > 0) emit(close());
      },
      snapshot: () => ({ index, count, bin, width: row.length, parts: packState([sums]) }),
      restore(from) {
        const width = numberOf('resample', from, 'width');
        const [saved] = checkArrays('resample', [width], from.parts);
        index = numberOf('resample', from, 'index');
        count = numberOf('resample', from, 'count');
        bin = numberOf('resample', from, 'bin');
        row = new Float64Array(width);
        sums = saved.slice();
      },
      ...disposing(),
    };
  };
}
