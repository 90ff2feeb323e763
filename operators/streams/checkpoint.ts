import { concat, defer, ignoreElements, type Observable, type OperatorFunction, skip, switchMap } from 'rxjs';
import { createSaver, type Saver } from '../../src/checkpoint/saver.js';
import type { CheckpointStore } from '../../src/checkpoint/store.js';
import { EddyError } from '../../src/core/errors.js';
import type { Stage } from '../../src/core/stage.js';
import type { Model } from '../../src/nn/model/model.js';
import { asOperator } from './asOperator.js';

export interface CheckpointOptions {
  /** The stream's name in the store. */
  key: string;
  /** Samples between checkpoints. Default 1000. */
  every?: number;
  /** The model whose weights belong to the stream: kept in the checkpoint, and set from it at the start. */
  model?: Model;
  /**
   * Where the source begins when it is subscribed to again. `start` (default): at its first sample, and those that the checkpoint has seen are
   * passed over. `next`: at the sample after the checkpoint, or, live, at whatever comes now.
   */
  source?: 'start' | 'next';
  /** Called at the start: how many samples the checkpoint has seen (0: there is none), and what the store had to go back over. */
  onRestore?: (offset: number, warnings: readonly string[]) => void;
  /** Hears of a save that failed; the stream goes on and the next save tries again. Left out: the stream fails. */
  onError?: (error: unknown) => void;
}

/**
 * Runs a stage that forgets nothing: its state is restored at the start, saved every N samples, and at the end.
 *
 *     source                                    --a--b--c--d--e-- killed
 *     checkpoint(store, { key, every: 2 })(…)   --A--B--C--D--E--          saved after b and d
 *     again                                               --E--F--|        restored: the sample after d is the next
 *
 * Any stage that has snapshot() and restore() can be run so: what `learnStage`, `predictStage` and their like return. The save itself is
 * written in the background. What comes out after the last checkpoint before a crash comes out again, the same, bit for bit.
 *
 * - Emits:  what the stage emits, in the same turn, once the checkpoint has been loaded; completion waits for the last save.
 * - Fails:  with what the stage fails with; `invalid-file` if no checkpoint can be read, `invalid-state` if it is another model's or another
 *           writer saves under the key, `host` if a save cannot be written.
 * - State:  a stage for each subscription. Two at once under one key: the second to save fails.
 *
 *     const keep = checkpoint(fileStore('./state'), { key: 'sensor-7', every: 1000, model });
 *     sensor$.pipe(keep(learnStage(model, options))).subscribe(…);
 *
 * @throws EddyError `invalid-option` at the call.
 */
export function checkpoint(
  store: CheckpointStore,
  { key, every = 1000, model, source: begins = 'start', onRestore, onError }: CheckpointOptions,
): <In, Out>(open: () => Stage<In, Out>) => OperatorFunction<In, Out> {
  if (typeof key !== 'string' || key === '') {
    throw new EddyError('invalid-option', `checkpoint: key must be a name, got ${String(key)}; e.g. 'sensor-7'`);
  }
  if (!Number.isSafeInteger(every) || every < 1) {
    throw new EddyError('invalid-option', `checkpoint: every must be a whole number ≥ 1, got ${every}`);
  }
  return <In, Out>(open: () => Stage<In, Out>) =>
    (source: Observable<In>) =>
      defer(async () => {
        let failed: { error: unknown } | undefined;
        const { last, warnings, saver } = await createSaver(store, key, {
          model,
          onError: (error) => {
            if (onError) onError(error);
            else failed = { error };
          },
        });
        const offset = last?.offset ?? 0;
        onRestore?.(offset, warnings);
        const check = () => {
          if (failed) throw failed.error;
        };
        const run = asOperator(() => {
          const stage = open();
          if (last) stage.restore?.(last.state);
          return saving(stage, saver, { offset, every, check });
        });
        const written = defer(() => saver.flush().catch((error) => (onError ? undefined : Promise.reject(error))));
        const rest = begins === 'start' && offset > 0 ? source.pipe(skip(offset)) : source;
        return concat(rest.pipe(run), written.pipe(ignoreElements()));
      }).pipe(switchMap((out) => out));
}

interface Saving {
  readonly offset: number;
  readonly every: number;
  /** Throws what a save failed with. */
  readonly check: () => void;
}

/** The stage, with a save after every N samples that it took. */
function saving<In, Out>(stage: Stage<In, Out>, saver: Saver, { offset, every, check }: Saving): Stage<In, Out> {
  const { snapshot, restore } = stage;
  if (!snapshot || !restore) {
    stage.dispose();
    throw new EddyError('invalid-option', 'checkpoint: the stage must have snapshot() and restore(); this one has not');
  }
  let taken = offset;
  let saved = offset;
  const save = () => {
    saver.save(taken, snapshot.call(stage));
    saved = taken;
  };
  return {
    step(value, emit) {
      check();
      stage.step(value, emit);
      if (++taken % every === 0) save();
    },
    complete(emit) {
      check();
      if (saved !== taken) save();
      stage.complete?.(emit);
    },
    dispose: () => stage.dispose(),
  };
}
