import {
  asapScheduler,
  defer,
  map,
  type Observable,
  type OperatorFunction,
  ReplaySubject,
  type SchedulerLike,
  switchMap,
  timer,
} from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { checkOnInvalid } from '../../src/core/onInvalid.js';
import type { Sample } from '../../src/core/sample.js';
import { disposing, type Stage } from '../../src/core/stage.js';
import type { Model } from '../../src/nn/model/model.js';
import type { Key } from '../shared/key.js';
import { KeyedBatch, type KeyedBatchOptions } from '../shared/keyedBatch.js';
import { type Keyed, type KeyedInput, type KeyedStageOptions, keyedStage } from '../shared/keyedStage.js';
import { asOperator } from '../streams/asOperator.js';
import { ticks, withInputs } from '../streams/withInputs.js';

export interface KeyedPredictStageOptions<In, K> extends KeyedStageOptions<K>, KeyedBatchOptions<In> {}

export interface KeyedPredictOptions<In, K> extends KeyedPredictStageOptions<In, K> {
  /** Milliseconds that a sample may wait for those of other keys. Default 0: until the turn in which it came has ended. */
  delayMs?: number;
  /** Each key that comes here is forgotten, in the store too: its next sample starts from the initial state. */
  reset?: Observable<K>;
  /** The clock of `delayMs` and `idleMs`. Default: asapScheduler. */
  scheduler?: SchedulerLike;
}

/**
 * Runs a model over many keys, each with a state of its own, and steps the samples of different keys that come in one turn (or within
 * `delayMs`) in one kernel call: the bits are those of `keyed(by, predictStage(model))`, at a fraction of the cost.
 *
 *     source                               --(a1 b1 c1)---a2---(b2 a3 a4)---|
 *     keyedPredict(model, (s) => s.id)     --(A1 B1 C1)---A2---(B2 A3 A4)---|     one call, one, two: a4 waits for a3
 *
 * The rows of all `maxKeys` keys are taken at the subscription, and no memory of the heap after it. Keys are bounded, evicted, stored and
 * reset as by `keyed`; one that leaves is stepped first.
 *
 * - Emits:  { key, value: Float32Array [output] } for each sample, in the order of arrival, at the end of the turn (or of `delayMs`), before
 *           a second sample of the same key, before its key leaves, and at completion.
 * - Fails:  with `invalid-sample` on a bad sample (see `onInvalid`) and on a key that is an object; with what `by`, `features`, the store or
 *           `onEvict` throws; `out-of-memory`. What waits when the stream fails is not emitted.
 * - State:  one row per key and subscription, freed at its end.
 *
 *     readings$.pipe(keyedPredict(model, (r) => r.sensor, { features: (r) => r.values, maxKeys: 100_000 }))
 */
export function keyedPredict<In = Sample, K extends Key = Key>(
  model: Model,
  by: (sample: In) => K,
  options: KeyedPredictOptions<In, K> = {},
): OperatorFunction<In, Keyed<K, Float32Array>> {
  const { delayMs = 0, idleMs, reset, scheduler = asapScheduler } = options;
  if (!(delayMs >= 0 && delayMs < 2 ** 31)) {
    throw new EddyError(
      'invalid-option',
      `keyedPredict: delayMs must be from 0 to below 2^31, got ${delayMs}; leave it out to wait for the turn's end`,
    );
  }
  const open = keyedPredictStage(model, by, () => scheduler.now(), options);
  const resets = reset ? [reset.pipe(map((key) => ({ reset: key })))] : [];
  const clock = idleMs === undefined || idleMs === Number.POSITIVE_INFINITY ? [] : [ticks(idleMs, scheduler)];
  return (source) =>
    defer(() => {
      // Replayed: a source that speaks while it is subscribed gathers before anyone listens here.
      const gathered = new ReplaySubject<void>(1);
      const flushes = gathered.pipe(
        switchMap(() => timer(delayMs, scheduler)),
        map((): { flush: true } => ({ flush: true })),
      );
      const inputs = withInputs<In, { reset: K } | { tick: number } | { flush: true }>([...resets, ...clock, flushes]);
      return source.pipe(inputs, asOperator(open(() => gathered.next())));
    });
}

/**
 * The stage of `keyedPredict`: `wake` is called with the first sample of each batch, `{ flush: true }` steps what has been gathered.
 * @throws EddyError `invalid-option` at the call.
 */
export function keyedPredictStage<In = Sample, K extends Key = Key>(
  model: Model,
  by: (sample: In) => K,
  now: () => number,
  options: KeyedPredictStageOptions<In, K> = {},
): (wake?: () => void) => () => Stage<KeyedInput<In, K> | { flush: true }, Keyed<K, Float32Array>> {
  const { maxKeys = 10_000, onInvalid = 'error', features } = options;
  checkOnInvalid(onInvalid, 'keyedPredict');
  const each = { onInvalid, ...(features && { features }) };
  const open = (batch: () => KeyedBatch<In, K>) => keyedStage(by, (key: K) => batch().open(key), now, options);
  open(() => new KeyedBatch(model, 1, each, () => {}));
  return (wake = () => {}) =>
    () => {
      const batch = new KeyedBatch<In, K>(model, maxKeys, each, wake);
      const keys = open(() => batch)();
      const settled = () => {};
      return {
        step(input, emit) {
          batch.emit = emit;
          if ('flush' in input) batch.flush();
          else keys.step(input, settled);
        },
        complete(emit) {
          batch.emit = emit;
          batch.flush();
        },
        snapshot: () => keys.snapshot?.() ?? {},
        restore(from) {
          batch.clear();
          keys.restore?.(from);
          batch.regather();
        },
        ...disposing(() => {
          keys.dispose();
          batch.dispose();
        }),
      };
    };
}
