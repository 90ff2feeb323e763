import { defer, map, type OperatorFunction, pipe } from 'rxjs';
import type { Stage } from '../../src/core/stage.js';
import { asOperator } from '../streams/asOperator.js';
import { withInputs } from '../streams/withInputs.js';

/**
 * Holds values back until what `start` begins is done; then lets them through in order, and all later ones in the same turn.
 *
 *     source             --1--2-----3--|
 *     bufferUntil(start)   -------(12)3--|      started between 2 and 3
 *
 * - Emits:  what came.
 * - Fails:  as its source does, and where the start does.
 * - State:  the values that wait.
 */
export const bufferUntil = <T>(start: () => Promise<unknown>): OperatorFunction<T, T> =>
  pipe(
    withInputs<T, Started>([defer(start).pipe(map(() => ({ started: true })))], { until: 'all' }),
    asOperator(openGate<T>),
  );

interface Started {
  started: true;
}

function openGate<T>(): Stage<{ sample: T } | Started, T> {
  let held: T[] | undefined = [];
  return {
    step(value, emit) {
      if ('started' in value) {
        const waiting = held ?? [];
        held = undefined;
        for (const one of waiting) emit(one);
      } else if (held) held.push(value.sample);
      else emit(value.sample);
    },
    dispose() {
      held = undefined;
    },
  };
}
