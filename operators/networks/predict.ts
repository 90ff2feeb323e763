import type { OperatorFunction } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { checkOnInvalid, type OnInvalid, SampleReader } from '../../src/core/onInvalid.js';
import type { Sample } from '../../src/core/sample.js';
import { snapshotRecord } from '../../src/core/snapshotRecord.js';
import { disposing, type OpenStage, type Snapshot } from '../../src/core/stage.js';
import type { Telemetry } from '../../src/core/telemetry.js';
import type { Model } from '../../src/nn/model/model.js';
import { type State, tensorsOf } from '../../src/nn/model/state.js';
import { asOperator } from '../streams/asOperator.js';
import { instrument } from '../streams/instrument.js';

export interface PredictOptions<In> {
  /** A value's numbers. Default: the value itself. */
  features?: (value: In) => Sample;
  /**
   * When an output comes. `each` (default): at every sample; `last`: once, when the source completes; n: at every n-th sample since the
   * start or the last reset; a function: at the values for which it is true, the last one of each stretch.
   */
  emit?: 'each' | 'last' | number | ((value: In) => boolean);
  /** True at the first value of a new sequence: the state starts from zeros. */
  resetWhen?: (value: In) => boolean;
  /** A state of one row to go on from and to move; it stays the caller's. Default: zeros, for each subscription its own. */
  state?: State;
  /** What a bad sample does. Default 'error'. */
  onInvalid?: OnInvalid;
  /** Gets samples, bad ones, the time of a step and the heap. */
  telemetry?: Telemetry;
}

/**
 * Runs a model over the stream: each sample moves the state one step and comes out as the output.
 *
 *     source            --a-----b-----c--|
 *     predict(model)    --f(a)--f(ab)-f(abc)--|      hidden state carried from sample to sample
 *     { emit: 'last' }  ----------------(f(abc)|)
 *     { emit: 2 }       --------f(ab)------------|
 *
 * Weights are the model's own: what a `learn` elsewhere teaches it counts from the next sample on.
 *
 * - Emits:  a Float32Array [output] for each sample, in the same turn; the subscriber's own.
 * - Fails:  with `invalid-sample` on a bad sample (see `onInvalid`), and with what `features` throws; the state has not moved then.
 * - State:  one hidden state per subscription, freed at its end.
 *
 *     sensor$.pipe(predict(model)).subscribe(([y]) => console.log(y));
 */
export const predict = <In = Sample>(
  model: Model,
  options: PredictOptions<In> = {},
): OperatorFunction<In, Float32Array> => asOperator(predictStage(model, options));

/**
 * The stage of `predict`. Over 60 lines: one closure over one run's state, which every step reads and writes.
 * @throws EddyError `invalid-option` at the call.
 */
export function predictStage<In = Sample>(
  model: Model,
  { features, emit: when = 'each', resetWhen, state: given, onInvalid = 'error', telemetry }: PredictOptions<In> = {},
): () => OpenStage<In, Float32Array> {
  checkOnInvalid(onInvalid, 'predict');
  const counted = typeof when === 'number';
  if (
    counted ? !Number.isSafeInteger(when) || when < 1 : typeof when !== 'function' && when !== 'each' && when !== 'last'
  ) {
    throw new EddyError(
      'invalid-option',
      `predict: emit must be 'each', 'last', a whole number ≥ 1 or a function, got ${String(when)}; leave it out for 'each'`,
    );
  }
  if (given && given.rows !== 1) {
    throw new EddyError(
      'invalid-option',
      `predict: state must have one row, got ${given.rows}; step several rows with model.step`,
    );
  }
  const open = (): OpenStage<In, Float32Array> => {
    const state = given ?? model.openState();
    const reader = new SampleReader('predict', model.input, onInvalid, telemetry);
    const x = new Float32Array(model.input);
    const last = new Float32Array(model.output);
    let seen = false;
    let count = 0;
    return {
      step(value, emit) {
        if (resetWhen?.(value)) {
          state.reset();
          count = 0;
        }
        if (reader.read(features ? features(value) : value, x, 0) === 'skipped') return;
        count++;
        if (when === 'last') {
          model.step(x, state, last);
          seen = true;
        } else if (when === 'each') {
          emit(model.step(x, state));
        } else {
          model.step(x, state, last);
          if (typeof when === 'number' ? count % when === 0 : when(value)) emit(last.slice());
        }
      },
      complete(emit) {
        if (seen) emit(last.slice());
      },
      snapshot: (): Snapshot => ({
        reader: reader.snapshot(),
        state: state.snapshot(),
        last: seen ? last.slice() : null,
        count,
      }),
      restore(from) {
        const { reader: readerFrom, state: stateFrom, last: lastFrom, count: countFrom } = from;
        state.restore(tensorsOf(snapshotRecord('predict', 'state', stateFrom)));
        reader.restore(snapshotRecord('predict', 'reader', readerFrom));
        count = Number(countFrom);
        seen = lastFrom instanceof Float32Array && lastFrom.length === last.length;
        if (seen && lastFrom instanceof Float32Array) last.set(lastFrom);
      },
      ...disposing(() => {
        if (!given) state.dispose();
      }),
    };
  };
  return telemetry ? instrument(open, telemetry, { heapBytes: () => model.runtime.heap.bytesInUse }) : open;
}
