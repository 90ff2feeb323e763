import { invalidFile } from './invalidFile.js';
import type { JsonObject } from './json.js';
import type { Tensor } from './safetensors.js';

/** The version of the checkpoint's schema that this eddy writes. Any change to what a record means raises it by one. */
export const SCHEMA = 1;

/** A checkpoint as it lies in its file, before it is understood. */
export interface CheckpointParts {
  readonly record: JsonObject;
  readonly states: ReadonlyMap<string, Tensor>;
  readonly weights: ReadonlyMap<string, Tensor>;
}

/** Brings a checkpoint from one schema to the next. */
export type Migration = (parts: CheckpointParts) => CheckpointParts;

/** By the version that each starts from; there is none yet, since version 1 is the first. */
const MIGRATIONS: ReadonlyMap<number, Migration> = new Map();

/**
 * Brings a checkpoint from version `from` to version `to`, one step after the other.
 *
 * Fails with `invalid-file` if the version is newer than this eddy's, or too old for it.
 */
export function migrate(parts: CheckpointParts, from: number, to = SCHEMA, migrations = MIGRATIONS): CheckpointParts {
  if (from > to) {
    throw invalidFile(
      'checkpoint',
      `the file has schema ${from}, this eddy knows up to ${to}; update rx-eddy to read it`,
    );
  }
  let current = parts;
  for (let version = from; version < to; version++) {
    const step = migrations.get(version);
    if (step === undefined) throw invalidFile('checkpoint', `schema ${version} cannot be brought up to ${version + 1}`);
    current = step(current);
  }
  return current;
}
