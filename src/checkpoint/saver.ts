import { EddyError } from '../core/errors.js';
import type { Snapshot } from '../core/stage.js';
import type { Model } from '../nn/model/model.js';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.js';
import { definitionOf } from './modelSpec.js';
import type { CheckpointStore } from './store.js';

/** Saves one stream's checkpoints in the background, one at a time. */
export interface Saver {
  /**
   * Takes the state as of `offset` samples. If an earlier save is still being written this one waits; of several that wait, only the
   * newest is written.
   */
  save(offset: number, state: Snapshot): void;
  /** Whether a save is still being written. */
  readonly busy: boolean;
  /** Settles when nothing is left to write. Fails with the error of a save that could not be done. */
  flush(): Promise<void>;
}

export interface SaverOptions {
  /** Kept in each checkpoint, and set from the last. */
  readonly model?: Model | undefined;
  /** Looks at the last checkpoint before anything is set from it; what it throws, createSaver fails with. */
  readonly check?: (last: Checkpoint) => void;
  /** Hears of each save that failed. */
  readonly onError?: (error: unknown) => void;
}

/** A stream's last checkpoint, and the saver that goes on after it. */
export interface LoadedSaver {
  readonly last: Checkpoint | undefined;
  /** What the store had to go back over, for a person to read. */
  readonly warnings: readonly string[];
  readonly saver: Saver;
}

/**
 * Loads the last checkpoint of a key, puts its weights into `model`, and opens the saver of those that follow.
 *
 *     const { last, saver } = await createSaver(store, 'sensor-7', { model });
 *     if (last) stage.restore(last.state);
 *     …
 *     saver.save(offset, stage.snapshot());
 *
 * A save that the store could not write is tried again with the next one; `onError` hears of it, and flush() fails with it. After one that
 * another writer made impossible, all later ones fail.
 *
 * Fails with `invalid-state` if the checkpoint is of another model, with `invalid-file` if none of them can be read.
 */
export async function createSaver(
  store: CheckpointStore,
  key: string,
  { model, check, onError }: SaverOptions = {},
): Promise<LoadedSaver> {
  const stored = await store.load(key);
  const last = stored && decodeCheckpoint(stored.bytes);
  if (last) check?.(last);
  if (last && model) restoreModel(key, last, model);
  const definition = model ? definitionOf(model.spec) : null;
  let epoch = last?.epoch ?? 0;
  let waiting: Omit<Checkpoint, 'epoch'> | undefined;
  let writing: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;
  let refused = false;
  const allocate = createMemory();
  /** What was to be written, until it is known to be. */
  let attempt: Uint8Array | undefined;

  const write = async (checkpoint: Omit<Checkpoint, 'epoch'>) => {
    // After a failure only the store knows whether that checkpoint came to be.
    if (attempt && (await isNewest(store, key, attempt))) epoch++;
    attempt = encodeCheckpoint({ ...checkpoint, epoch: epoch + 1 }, allocate);
    await store.save(key, epoch + 1, attempt);
    epoch++;
    attempt = undefined;
    failure = undefined;
  };
  const writeAll = async () => {
    for (let next = waiting; next && !refused; next = waiting) {
      waiting = undefined;
      try {
        await write(next);
      } catch (error) {
        failure = { error };
        refused = error instanceof EddyError && error.code === 'invalid-state';
        onError?.(error);
      }
    }
    writing = undefined;
  };
  const saver: Saver = {
    get busy() {
      return writing !== undefined;
    },
    save(offset, state) {
      waiting = { offset, definition, weights: model ? model.weights() : {}, state };
      writing ??= writeAll();
    },
    async flush() {
      while (writing) await writing;
      if (failure) throw failure.error;
    },
  };
  return { last, warnings: stored?.warnings ?? [], saver };
}

/**
 * Memory for one file at a time, the same from save to save: to be given new pages costs as much as to fill them with the file and to count its
 * checksum. A little more than was asked for, since a file's text grows with its numbers.
 */
function createMemory(): (bytes: number) => Uint8Array<ArrayBuffer> {
  let memory = new Uint8Array(0);
  return (bytes) => {
    if (memory.byteLength < bytes) memory = new Uint8Array(Math.ceil(1.1 * bytes));
    return memory.subarray(0, bytes);
  };
}

async function isNewest(store: CheckpointStore, key: string, file: Uint8Array): Promise<boolean> {
  const bytes = (await store.load(key))?.bytes;
  return bytes?.byteLength === file.byteLength && bytes.every((byte, i) => byte === file[i]);
}

function restoreModel(key: string, { definition, weights }: Checkpoint, model: Model): void {
  const wanted = JSON.stringify(definitionOf(model.spec));
  if (JSON.stringify(definition) !== wanted) {
    throw new EddyError(
      'invalid-state',
      `checkpoint "${key}": must be of the model ${wanted}, got ${JSON.stringify(definition)}; use another key or file`,
    );
  }
  model.setWeights(weights);
}
