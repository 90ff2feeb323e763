import type { OperatorFunction } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { snapshotRecord } from '../../src/core/snapshotRecord.js';
import { disposing, type OpenStage } from '../../src/core/stage.js';
import { type Row, readRow, widthOf } from '../../src/stats/row.js';
import { checkSpan, RunningMeans, type Span } from '../../src/stats/runningMean.js';
import { checkArrays, numberOf, packState } from '../../src/stats/state.js';
import { asOperator } from '../streams/asOperator.js';

export interface MetricsOptions extends Span {
  /** Rows between a target and its naive forecast, for `mase`: a season's length, ≥ 1. Default 1, the last value. */
  season?: number;
}

/** What was predicted for a row, and what came. A NaN in the target is not scored. */
export interface Scored {
  readonly output: Row;
  readonly target: Row;
}

/** Running means over all elements scored. */
export interface Metrics {
  /** Rows so far. */
  count: number;
  mae: number;
  rmse: number;
  /** In parts of 1; targets of 0 are left out. */
  mape: number;
  /** MAE over the MAE of the naive forecast, on the same span: below 1 is better (Hyndman & Koehler 2006). 0 while that has no error. */
  mase: number;
}

/**
 * Scores predictions as their targets arrive, prequentially: feed it each prediction with its target, once.
 *
 *     source       --{ output: 2, target: 3 }--{ output: 5, target: 3 }--|
 *     metrics()    --{ mae: 1, … }-------------{ mae: 1.5, … }-----------|
 *
 * - Emits:  { count, mae, rmse, mape, mase } for each row, in the same turn: over all rows, the last `window`, or `fading` ones.
 * - Fails:  on an output that is not finite, a target of another width or ±Infinity; it has not been counted then.
 * - State:  running sums and the last `season` targets, per subscription.
 */
export const metrics = (options?: MetricsOptions): OperatorFunction<Scored, Metrics> =>
  asOperator(metricsStage(options));

const [ABSOLUTE, SQUARE, RELATIVE, NAIVE, COMPARED] = [0, 1, 2, 3, 4];

// Over 60 lines: one closure over one run's state, which every step reads and writes.
export function metricsStage({ season = 1, ...span }: MetricsOptions = {}): () => OpenStage<Scored, Metrics> {
  checkSpan('metrics', span);
  if (!Number.isSafeInteger(season) || season < 1) {
    throw new EddyError(
      'invalid-option',
      `metrics: season must be a whole number ≥ 1, got ${season}; leave it out for 1`,
    );
  }
  return () => {
    const means = new RunningMeans(5, span);
    let past = new Float64Array(0);
    let width = 0;
    let count = 0;
    const score = (output: number, target: number, naive: number) => {
      const error = Math.abs(output - target);
      means.learn(ABSOLUTE, error);
      means.learn(SQUARE, error * error);
      if (target !== 0) means.learn(RELATIVE, error / Math.abs(target));
      if (Number.isNaN(naive)) return;
      means.learn(NAIVE, Math.abs(target - naive));
      means.learn(COMPARED, error);
    };
    return {
      step({ output, target }, emit) {
        const fresh = count === 0 ? Math.max(1, widthOf(target)) : width;
        const wanted = new Float64Array(fresh);
        const given = new Float64Array(fresh);
        readRow(target, wanted, 'metrics', count, true);
        readRow(output, given, 'metrics', count);
        if (count === 0) {
          width = fresh;
          past = new Float64Array(season * width).fill(Number.NaN);
        }
        const slot = (count % season) * width;
        for (let i = 0; i < width; i++) {
          if (!Number.isNaN(wanted[i])) score(given[i], wanted[i], past[slot + i]);
          past[slot + i] = wanted[i];
        }
        count++;
        const naive = means.read(NAIVE);
        emit({
          count,
          mae: means.read(ABSOLUTE),
          rmse: Math.sqrt(means.read(SQUARE)),
          mape: means.read(RELATIVE),
          mase: naive > 0 ? means.read(COMPARED) / naive : 0,
        });
      },
      snapshot: () => ({ count, width, means: means.snapshot(), parts: packState([past]) }),
      restore(from) {
        const saved = numberOf('metrics', from, 'width');
        const [values] = checkArrays('metrics', [saved > 0 ? season * saved : 0], from.parts);
        means.restore(snapshotRecord('metrics', 'means', from.means));
        count = numberOf('metrics', from, 'count');
        width = saved;
        past = values.slice();
      },
      ...disposing(),
    };
  };
}
