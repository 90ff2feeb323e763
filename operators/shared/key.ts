import { EddyError } from '../../src/core/errors.js';
import { isRecord } from '../../src/core/snapshot.js';
import type { SnapshotValue } from '../../src/core/stage.js';

/** Any primitive; numbers are compared as in a Map (NaN is NaN, -0 is 0). */
export type Key = string | number | bigint | boolean | symbol | null | undefined;

/** Snapshots hold neither bigint nor undefined; a symbol is not the same one anywhere else. */
export function packKey(key: Key): SnapshotValue {
  if (typeof key === 'symbol') throw badKey(`the key ${String(key)} cannot leave the process; key by a string`);
  if (typeof key === 'bigint') return { bigint: String(key) };
  return key === undefined ? { undefined: true } : key;
}

/** The record is taken at its word that its keys are of this stream's kind: nothing at run time could tell. */
export function unpackKey<K extends Key>(packed: SnapshotValue | undefined): K {
  const key = isRecord(packed) ? ('bigint' in packed ? BigInt(String(packed.bigint)) : undefined) : packed;
  if (typeof key === 'object' && key !== null)
    throw badKey('a key in a snapshot is a primitive; restore what snapshot() gave');
  return key as K;
}

const badKey = (what: string) => new EddyError('invalid-state', `keyed: ${what}`);
