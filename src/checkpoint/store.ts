import { EddyError } from '../core/errors.js';

/** A checkpoint's bytes as a store gives them back. */
export interface StoredCheckpoint {
  readonly epoch: number;
  readonly bytes: Uint8Array;
  /** What was found damaged or left half done, for a person to read; empty if all is well. */
  readonly warnings: readonly string[];
}

/**
 * Where checkpoints are kept, by key. Epochs count the saves of one key; a save names the epoch it makes and happens only right after the
 * one before it, so that of two writers who went on from the same checkpoint one is refused.
 *
 *     const last = await store.load('sensor-7');
 *     await store.save('sensor-7', (last?.epoch ?? 0) + 1, bytes);
 */
export interface CheckpointStore {
  /**
   * The newest checkpoint that can be read, or undefined if none was ever saved. If a newer one is damaged, `warnings` say so; if all are,
   * fails with `invalid-file`: a stream never starts from the beginning without notice.
   */
  load(key: string): Promise<StoredCheckpoint | undefined>;
  /**
   * Keeps `bytes`, which encodeCheckpoint made with this epoch, as the newest; they are safe when the promise is fulfilled, and the caller's
   * own again when it is settled: a store that holds them longer copies them. Fails with
   * `invalid-state` if the newest is not epoch − 1, with `host` if they cannot be written: load() then shows which checkpoint stands.
   */
  save(key: string, epoch: number, bytes: Uint8Array): Promise<void>;
  /** Forgets all of a key's checkpoints; none is fine. */
  remove(key: string): Promise<void>;
}

/** Options that every store takes. */
export interface StoreOptions {
  /** How many checkpoints of a key are kept, the newest included. Default 2. */
  readonly generations?: number;
}

/** Fails with `invalid-option` unless it is a whole number of at least 1. */
export function checkGenerations(where: string, generations = 2): number {
  if (!Number.isInteger(generations) || generations < 1) {
    throw new EddyError(
      'invalid-option',
      `${where}: generations must be a whole number of at least 1, got ${generations}`,
    );
  }
  return generations;
}

/** The refusal of a save that does not follow on the newest epoch. */
export function staleEpoch(key: string, epoch: number, newest: number): EddyError {
  return new EddyError(
    'invalid-state',
    `checkpoint "${key}": epoch ${epoch} must follow epoch ${epoch - 1}, but the newest is ${newest}; another writer saved, load it and go on`,
  );
}
