import type { OperatorFunction } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { disposing, type OpenStage } from '../../src/core/stage.js';
import { cos, log1p, sin } from '../../src/math/functions.js';
import { readRow, widthOf } from '../../src/stats/row.js';
import { numberOf } from '../../src/stats/state.js';
import { readTime, readValues, type TimedRow } from '../../src/stats/timedRow.js';
import { asOperator } from '../streams/asOperator.js';

export interface TimeFeaturesOptions {
  /** Milliseconds that count as one step of time. Default 1,000. */
  unit?: number;
}

const DAY = 86_400_000;
const WEEK = 7 * DAY;
const YEAR = 365.2425 * DAY; // the Gregorian mean
const CYCLES = [DAY, WEEK, YEAR];

/** Numbers that `timeFeatures` puts behind a row's own. */
export const TIME_FEATURES = 1 + 2 * CYCLES.length;

/**
 * Puts behind each row what time it is: ln(1 + Δt), Δt the units since the row before, then sine and cosine of the day, the
 * week and the year (UTC).
 *
 *     source            --{ time, values: [20.5] }--|
 *     timeFeatures()    --[20.5, ln(1 + Δt), sin, cos, sin, cos, sin, cos]--|
 *
 * - Emits:  a Float32Array for each row, in the same turn; Δt is 0 at the first and at a duplicate time.
 * - Fails:  on a row without a time, with one before the row before, not finite, of another width; it has not been taken then.
 * - State:  the last time, per subscription.
 */
export const timeFeatures = (options?: TimeFeaturesOptions): OperatorFunction<TimedRow, Float32Array> =>
  asOperator(timeFeaturesStage(options));

export function timeFeaturesStage({ unit = 1000 }: TimeFeaturesOptions = {}): () => OpenStage<TimedRow, Float32Array> {
  if (!(unit > 0 && unit < Number.POSITIVE_INFINITY)) {
    throw new EddyError(
      'invalid-option',
      `timeFeatures: unit must be milliseconds above 0, got ${unit}; leave it out for a second`,
    );
  }
  return () => {
    let index = 0;
    let width = 0;
    let last = 0;
    return {
      step(sample, emit) {
        const time = readTime(sample, 'timeFeatures', index);
        if (index > 0 && time < last) {
          throw new EddyError(
            'invalid-sample',
            `timeFeatures: sample ${index} must not be before the one before it (${last}), got ${time}; sort by time upstream`,
          );
        }
        const values = readValues(sample);
        const row = new Float64Array(index === 0 ? Math.max(1, widthOf(values)) : width);
        readRow(values, row, 'timeFeatures', index);
        const out = new Float32Array(row.length + TIME_FEATURES);
        out.set(row);
        let j = row.length;
        out[j++] = index === 0 ? 0 : log1p((time - last) / unit);
        for (const cycle of CYCLES) {
          const angle = 2 * Math.PI * (time / cycle - Math.floor(time / cycle));
          out[j++] = sin(angle);
          out[j++] = cos(angle);
        }
        index++;
        width = row.length;
        last = time;
        emit(out);
      },
      snapshot: () => ({ index, width, last }),
      restore(from) {
        const [a, b, c] = ['index', 'width', 'last'].map((name) => numberOf('timeFeatures', from, name));
        [index, width, last] = [a, b, c];
      },
      ...disposing(),
    };
  };
}
