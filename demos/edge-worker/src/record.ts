import { EddyError, type Snapshot } from 'rx-eddy/bare';

type Part = Snapshot[string] | undefined;

/** A part of a snapshot that is a record of its own. Fails with `invalid-state` if it is not. */
export function asRecord(part: Part): Snapshot {
  if (isRecord(part)) return part;
  throw new EddyError(
    'invalid-state',
    'sensor: a snapshot must hold all parts, one is missing; restore what was saved',
  );
}

const isRecord = (part: Part): part is Snapshot =>
  typeof part === 'object' && part !== null && !Array.isArray(part) && !ArrayBuffer.isView(part);
