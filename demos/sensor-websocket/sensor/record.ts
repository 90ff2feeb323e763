import type { Snapshot } from 'rx-eddy';

type SnapshotValue = Snapshot[string];

/** A part of a sensor's snapshot, which must be what its own `snapshot()` gave. */
export function recordOf(part: SnapshotValue | undefined, name: string): Snapshot {
  if (typeof part === 'object' && part !== null && !Array.isArray(part) && !ArrayBuffer.isView(part))
    return Object.fromEntries(Object.entries(part));
  throw new TypeError(`a sensor's checkpoint must have the record "${name}"`);
}

export function numbersOf(part: SnapshotValue | undefined, name: string, length?: number): Float64Array {
  if (part instanceof Float64Array && (length === undefined || part.length === length)) return part.slice();
  throw new TypeError(`a sensor's checkpoint must have the numbers "${name}"`);
}
