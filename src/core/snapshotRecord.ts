import { EddyError } from './errors.js';
import { isRecord } from './snapshot.js';
import type { Snapshot, SnapshotValue } from './stage.js';

/** A part of a snapshot that must be a record. @throws EddyError `invalid-state` where it is none. */
export function snapshotRecord(where: string, name: string, from: SnapshotValue | undefined): Snapshot {
  if (isRecord(from)) return from;
  throw new EddyError(
    'invalid-state',
    `${where}: a snapshot must have the record '${name}', got ${String(from)}; restore what snapshot() gave`,
  );
}
