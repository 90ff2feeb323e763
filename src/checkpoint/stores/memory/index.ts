import { epochOf, newestReadable } from '../../newestReadable.js';
import { type CheckpointStore, checkGenerations, type StoreOptions, staleEpoch } from '../../store.js';

/**
 * Keeps checkpoints in memory: for tests, and for streams that start again within one process.
 *
 *     const store = memoryStore();
 *
 * Fails with `invalid-option` if `generations` is no positive whole number.
 */
export function memoryStore(options: StoreOptions = {}): CheckpointStore {
  const generations = checkGenerations('memoryStore', options.generations);
  const kept = new Map<string, { epoch: number; bytes: Uint8Array }[]>();

  return {
    async load(key) {
      const newestFirst = [...(kept.get(key) ?? [])].reverse();
      return newestReadable(
        key,
        newestFirst.map(({ epoch, bytes }) => ({ name: `epoch ${epoch}`, read: () => new Uint8Array(bytes) })),
      );
    },
    async save(key, epoch, bytes) {
      const line = [...(kept.get(key) ?? [])];
      // A damaged newest, from which load() went back, must not stand in the way of the save that follows.
      for (let last = line.at(-1); last && last.epoch >= epoch && epochOf(last.bytes) === undefined; last = line.at(-1))
        line.pop();
      const newest = line.at(-1)?.epoch ?? 0;
      if (epoch !== newest + 1) throw staleEpoch(key, epoch, newest);
      kept.set(key, [...line, { epoch, bytes: new Uint8Array(bytes) }].slice(-generations));
    },
    async remove(key) {
      kept.delete(key);
    },
  };
}
