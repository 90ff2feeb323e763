import { asyncScheduler, map, type Observable, type OperatorFunction, pipe, type SchedulerLike } from 'rxjs';
import type { Stage } from '../../src/core/stage.js';
import type { Key } from '../shared/key.js';
import { type Keyed, type KeyedStageOptions, keyedStage } from '../shared/keyedStage.js';
import { asOperator } from '../streams/asOperator.js';
import { ticks, withInputs } from '../streams/withInputs.js';

export interface KeyedOptions<K> extends KeyedStageOptions<K> {
  /** Each key that comes here is forgotten, in the store too: its next sample starts from the initial state. */
  reset?: Observable<K>;
  /** The clock of `idleMs`. Default: asyncScheduler. */
  scheduler?: SchedulerLike;
}

/**
 * Runs one stage per key: each key has its own state, and keys are bounded by number and by idle time.
 *
 *     source                         --a1--b1--a2--b5--|
 *     keyed((s) => s.id, openSum)    --a1--b1--a3--b6--|      a3 is { key: 'a', value: 3 }
 *
 * The state of the key used longest ago is evicted when another key needs room, an idle one with the first sample that
 * comes after `idleMs`, or at the latest `idleMs` later. Evicting disposes the stage (its heap is free again) and hands
 * out its snapshot; when the key returns, it goes on from the store's, bit for bit.
 *
 * - Emits:  `{ key, value }` for each value that a key's stage emits; at completion what each key's stage emits at its end, in the order
 *           of the keys' last samples.
 * - Fails:  with what `by`, `open`, a stage, the store or `onEvict` throws; on a key that is an object.
 * - State:  one stage per live key and subscription; the store is the caller's own, and shared if it is passed twice.
 *
 *     readings$.pipe(keyed((r) => r.sensor, () => openStage(), { maxKeys: 1000, store: new Map() }))
 */
export function keyed<In, Out, K extends Key>(
  by: (sample: In) => K,
  open: (key: K) => Stage<In, Out>,
  options: KeyedOptions<K> = {},
): OperatorFunction<In, Keyed<K, Out>> {
  const { idleMs, reset, scheduler = asyncScheduler } = options;
  const stage = keyedStage(by, open, () => scheduler.now(), options);
  const resets = reset ? [reset.pipe(map((key) => ({ reset: key })))] : [];
  const clock = idleMs === undefined || idleMs === Number.POSITIVE_INFINITY ? [] : [ticks(idleMs, scheduler)];
  return pipe(withInputs<In, { reset: K } | { tick: number }>([...resets, ...clock]), asOperator(stage));
}
