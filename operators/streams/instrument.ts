import { EddyError } from '../../src/core/errors.js';
import { disposing, type OpenStage, type Stage } from '../../src/core/stage.js';
import type { Telemetry } from '../../src/core/telemetry.js';

export interface InstrumentOptions {
  /** One step in this many is timed, and counts go out with it: an integer ≥ 1. Default 16. */
  every?: number;
  /** A clock in milliseconds. Default: performance.now. */
  now?: () => number;
  /** Read with each timed step, for `heapBytes`. */
  heapBytes?: () => number;
}

/**
 * Puts a stage factory under observation: samples, failures, time of a step. The stages behave as before.
 *
 *     readings$.pipe(asOperator(measured(openStage, prometheusMetrics())))
 *
 * @throws EddyError `invalid-option` when `every` is not an integer ≥ 1.
 */
export function instrument<In, Out>(
  open: () => Stage<In, Out>,
  telemetry: Telemetry,
  { every = 16, now = () => performance.now(), heapBytes }: InstrumentOptions = {},
): () => OpenStage<In, Out> {
  if (!(Number.isInteger(every) && every >= 1)) {
    throw new EddyError(
      'invalid-option',
      `instrument: every must be an integer ≥ 1, got ${every}; leave it out for 16`,
    );
  }
  return () => {
    const stage = open();
    let taken = 0;
    const report = () => {
      if (taken > 0) telemetry.add('samples', taken);
      taken = 0;
      if (heapBytes) telemetry.set('heapBytes', heapBytes());
    };
    const attempt = (act: () => void) => {
      try {
        act();
      } catch (error) {
        telemetry.add('failed', 1);
        throw error;
      }
    };
    const step = (value: In, emit: (out: Out) => void) => attempt(() => stage.step(value, emit));
    return {
      step(value, emit) {
        if (++taken < every) {
          step(value, emit);
          return;
        }
        const start = now();
        step(value, emit);
        telemetry.record('stepSeconds', (now() - start) / 1000);
        report();
      },
      ...(stage.complete && { complete: (emit) => attempt(() => stage.complete?.(emit)) }),
      ...(stage.snapshot && { snapshot: () => stage.snapshot?.() ?? {} }),
      ...(stage.restore && { restore: (from) => stage.restore?.(from) }),
      ...disposing(() => {
        stage.dispose();
        report();
      }),
    };
  };
}
