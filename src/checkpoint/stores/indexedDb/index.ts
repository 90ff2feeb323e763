import { EddyError } from '../../../core/errors.js';
import { epochOf, newestReadable } from '../../newestReadable.js';
import { type CheckpointStore, checkGenerations, type StoreOptions, staleEpoch } from '../../store.js';

export interface IndexedDbStoreOptions extends StoreOptions {
  /** The database's name. Default `eddy`. */
  readonly database?: string;
}

const TABLE = 'checkpoints';

/**
 * Keeps checkpoints in the browser's IndexedDB, one record for each key and epoch. A save and the check of its epoch are one
 * transaction with strict durability, so tabs that share a key cannot overwrite each other.
 *
 *     const store = await indexedDbStore();
 *
 * Fails with `host` if the host has no IndexedDB or does not open it.
 */
export async function indexedDbStore(options: IndexedDbStoreOptions = {}): Promise<CheckpointStore> {
  const generations = checkGenerations('indexedDbStore', options.generations);
  if (globalThis.indexedDB === undefined) {
    throw new EddyError('host', 'indexedDbStore: this host has no IndexedDB; use another store');
  }
  const opening = indexedDB.open(options.database ?? 'eddy', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE);
  const database = await settled(opening, 'open');
  // Another tab that wants to delete or upgrade the database must not wait for ever on this one.
  database.onversionchange = () => database.close();

  return {
    async load(key) {
      const table = database.transaction(TABLE, 'readonly').objectStore(TABLE);
      const epochs = await settled(table.getAllKeys(rangeOf(key)), 'read');
      const records: unknown[] = await settled(table.getAll(rangeOf(key)), 'read');
      return newestReadable(
        key,
        records.reverse().map((bytes, i) => ({
          name: `epoch ${epochIn(epochs[epochs.length - 1 - i])}`,
          read: () => asBytes(bytes),
        })),
      );
    },
    async save(key, epoch, bytes) {
      const transaction = database.transaction(TABLE, 'readwrite', { durability: 'strict' });
      const table = transaction.objectStore(TABLE);
      const epochs = (await settled(table.getAllKeys(rangeOf(key)), 'read')).map(epochIn);
      // A damaged newest, from which load() went back, must not stand in the way of the save that follows.
      while (epochs.length > 0 && epochs[epochs.length - 1] >= epoch) {
        const newest = [key, epochs[epochs.length - 1]];
        if (epochOf(asBytes(await settled<unknown>(table.get(newest), 'read'))) !== undefined) break;
        table.delete(newest);
        epochs.pop();
      }
      const newest = epochs.at(-1) ?? 0;
      if (epoch !== newest + 1) {
        transaction.abort();
        throw staleEpoch(key, epoch, newest);
      }
      table.put(new Uint8Array(bytes), [key, epoch]);
      for (const old of epochs.filter((kept) => kept <= epoch - generations)) table.delete([key, old]);
      await committed(transaction);
    },
    async remove(key) {
      const transaction = database.transaction(TABLE, 'readwrite', { durability: 'strict' });
      transaction.objectStore(TABLE).delete(rangeOf(key));
      await committed(transaction);
    },
  };
}

/** All epochs of a key: an array sorts after every number. */
function rangeOf(key: string): IDBKeyRange {
  return IDBKeyRange.bound([key, 0], [key, []]);
}

function epochIn(key: IDBValidKey | undefined): number {
  const epoch: unknown = Array.isArray(key) ? key[1] : undefined;
  return typeof epoch === 'number' ? epoch : 0;
}

function asBytes(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}

function settled<T>(request: IDBRequest<T>, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(failure(what, request.error));
  });
}

function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(failure('write', transaction.error));
  });
}

function failure(what: string, cause: unknown): EddyError {
  return new EddyError('host', `IndexedDB: could not ${what} the checkpoint; is storage full or blocked?`, { cause });
}
