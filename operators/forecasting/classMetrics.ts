import type { OperatorFunction } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { snapshotRecord } from '../../src/core/snapshotRecord.js';
import { disposing, type OpenStage } from '../../src/core/stage.js';
import { log } from '../../src/math/functions.js';
import { readRow, widthOf } from '../../src/stats/row.js';
import { checkSpan, RunningMeans, type Span } from '../../src/stats/runningMean.js';
import { numberOf } from '../../src/stats/state.js';
import { asOperator } from '../streams/asOperator.js';

/** Predicted probabilities of each class, and the class that came. */
export interface ScoredClass {
  readonly output: readonly number[] | Float32Array | Float64Array;
  readonly target: number;
}

/** Running means over the rows scored. */
export interface ClassMetrics {
  count: number;
  /** The share of rows whose most probable class was the one that came. */
  accuracy: number;
  /** −ln of the probability given to the class that came; a probability below 1e-15 counts as that. */
  logLoss: number;
}

const LEAST = 1e-15;

/**
 * Scores class probabilities as their targets come, prequentially.
 *
 *     source            --{ output: [.2, .8], target: 1 }--|
 *     classMetrics()    --{ accuracy: 1, logLoss: .223 }---|
 *
 * - Emits:  { count, accuracy, logLoss } for each row, in the same turn: over all rows, the last `window`, or `fading` ones.
 * - Fails:  on an output of another width or outside 0 … 1, a target that is no class; it has not been counted then.
 * - State:  running sums, per subscription.
 */
export const classMetrics = (span?: Span): OperatorFunction<ScoredClass, ClassMetrics> =>
  asOperator(classMetricsStage(span));

export function classMetricsStage(span: Span = {}): () => OpenStage<ScoredClass, ClassMetrics> {
  checkSpan('classMetrics', span);
  return () => {
    const means = new RunningMeans(2, span);
    let width = 0;
    let count = 0;
    return {
      step({ output, target }, emit) {
        const row = new Float64Array(count === 0 ? Math.max(1, widthOf(output)) : width);
        readRow(output, row, 'classMetrics', count);
        const off = row.find((p) => !(p >= 0 && p <= 1.0001));
        if (off !== undefined) {
          throw new EddyError(
            'invalid-sample',
            `classMetrics: sample ${count} must have probabilities from 0 to 1, got ${off}; use a softmax readout`,
          );
        }
        if (!Number.isInteger(target) || target < 0 || target >= row.length) {
          throw new EddyError(
            'invalid-sample',
            `classMetrics: the target of sample ${count} must be a class from 0 to ${row.length - 1}, got ${target}`,
          );
        }
        width = row.length;
        count++;
        let best = 0;
        for (let i = 1; i < width; i++) if (row[i] > row[best]) best = i;
        means.learn(0, best === target ? 1 : 0);
        means.learn(1, -log(Math.min(1, Math.max(LEAST, row[target]))));
        emit({ count, accuracy: means.read(0), logLoss: means.read(1) });
      },
      snapshot: () => ({ count, width, means: means.snapshot() }),
      restore(from) {
        means.restore(snapshotRecord('classMetrics', 'means', from.means));
        count = numberOf('classMetrics', from, 'count');
        width = numberOf('classMetrics', from, 'width');
      },
      ...disposing(),
    };
  };
}
