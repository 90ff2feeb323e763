import type { Snapshot, SnapshotValue } from './stage.js';

/** Whether a part of a snapshot is a record of named parts. */
export const isRecord = (value: SnapshotValue | undefined): value is Snapshot =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

/** Whether a part of a snapshot is a list. (`Array.isArray` alone would make its elements `any`.) */
export const isList = (value: SnapshotValue | undefined): value is readonly SnapshotValue[] => Array.isArray(value);
