import { epochOf, newestReadable } from '../../newestReadable.js';
import { type CheckpointStore, checkGenerations, type StoreOptions, staleEpoch } from '../../store.js';
import { asHost } from '../asHost.js';

/** The few calls of a Durable Object's storage that the store makes: `ctx.storage` of a class with SQLite behind it. */
export interface DurableObjectSql {
  readonly sql: { exec(query: string, ...bindings: unknown[]): Iterable<Readonly<Record<string, unknown>>> };
  transactionSync<T>(act: () => T): T;
}

/** A row may have 2 MB in all; a part leaves room for its key. */
const PART = 2 ** 20;

/**
 * Keeps checkpoints in the SQLite database of a Durable Object, in rows of at most 1 MiB each. A save is one transaction, all of its work
 * done at the call: it stands with what the object writes in the same turn, and no reply gets out of the object before it is durable. A
 * checkpoint of up to 1 MiB costs one row written; more `generations` cost storage, not rows.
 *
 *     const store = durableObjectStore(ctx.storage);
 *
 * Nothing is written before the first save: to ask for a key leaves the object's storage empty.
 *
 * Fails with `invalid-option` if `generations` is no positive whole number; its methods with `host`, the database's error as cause.
 */
export function durableObjectStore(storage: DurableObjectSql, options: StoreOptions = {}): CheckpointStore {
  const generations = checkGenerations('durableObjectStore', options.generations);
  const rows = (query: string, ...bindings: unknown[]) => [...storage.sql.exec(query, ...bindings)];
  const hasTable = () => rows("SELECT 1 FROM sqlite_master WHERE name = 'eddy_checkpoints'").length > 0;

  const epochsOf = (key: string) =>
    rows('SELECT DISTINCT epoch FROM eddy_checkpoints WHERE key = ? ORDER BY epoch DESC', key).map(({ epoch }) =>
      Number(epoch),
    );
  const read = (key: string, epoch: number) =>
    joined(rows('SELECT bytes FROM eddy_checkpoints WHERE key = ? AND epoch = ? ORDER BY part', key, epoch));
  const save = (key: string, epoch: number, bytes: Uint8Array) => {
    // Without a rowid the key is the table: no second row for an index. A slot is written over, so that none has to be deleted.
    rows(
      'CREATE TABLE IF NOT EXISTS eddy_checkpoints (key TEXT, slot INTEGER, part INTEGER, epoch INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (key, slot, part)) WITHOUT ROWID',
    );
    const kept = epochsOf(key);
    // A damaged newest, from which load() went back, must not stand in the way of the save that follows.
    while (kept.length > 0 && kept[0] >= epoch && epochOf(read(key, kept[0])) === undefined) kept.shift();
    const newest = kept[0] ?? 0;
    if (epoch !== newest + 1) throw staleEpoch(key, epoch, newest);
    rows('DELETE FROM eddy_checkpoints WHERE key = ? AND epoch >= ?', key, epoch);
    const slot = epoch % generations;
    const parts = Math.max(1, Math.ceil(bytes.byteLength / PART));
    for (let part = 0; part < parts; part++) {
      rows(
        'INSERT INTO eddy_checkpoints VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET epoch = excluded.epoch, bytes = excluded.bytes',
        ...[key, slot, part, epoch, bytes.subarray(part * PART, (part + 1) * PART)],
      );
    }
    const old = 'DELETE FROM eddy_checkpoints WHERE key = ? AND (epoch <= ? OR slot = ? AND part >= ?)';
    rows(old, key, epoch - generations, slot, parts);
  };

  return {
    load: (key) =>
      asHost('read', key, () =>
        newestReadable(
          key,
          (hasTable() ? epochsOf(key) : []).map((epoch) => ({ name: `epoch ${epoch}`, read: () => read(key, epoch) })),
        ),
      ),
    save: (key, epoch, bytes) => asHost('write', key, () => storage.transactionSync(() => save(key, epoch, bytes))),
    remove: (key) =>
      asHost('remove', key, () => {
        if (hasTable()) rows('DELETE FROM eddy_checkpoints WHERE key = ?', key);
      }),
  };
}

function joined(parts: readonly Readonly<Record<string, unknown>>[]): Uint8Array {
  const blobs = parts.map(({ bytes }) => new Uint8Array(bytes instanceof ArrayBuffer ? bytes : []));
  if (blobs.length === 1) return blobs[0];
  const whole = new Uint8Array(blobs.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const blob of blobs) {
    whole.set(blob, at);
    at += blob.byteLength;
  }
  return whole;
}
