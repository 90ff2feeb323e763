import { readFile } from 'node:fs/promises';
import { decodeCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { specOf } from '../../src/checkpoint/modelSpec.js';
import { EddyError } from '../../src/core/errors.js';
import { importWeights } from '../../src/interop/importWeights.js';
import type { ModelSpec } from '../../src/nn/model/definition.js';
import type { Weights } from '../../src/nn/model/parameters.js';

/** A model that plays, from a file. */
export interface Pedal {
  readonly spec: ModelSpec;
  readonly weights: Weights;
  /** Samples a second of the sound it was learned from; undefined where the file does not say. */
  readonly sampleRate: number | undefined;
}

/** @throws EddyError `invalid-file` where it cannot be read, or is no model */
export async function readPedal(path: string): Promise<Pedal> {
  let file: Uint8Array;
  try {
    file = await readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EddyError('invalid-file', `cannot read ${path}: ${reason}`, { cause });
  }
  try {
    const { format, definition, weights } = importWeights(file);
    const sampleRate = format === 'eddy' ? decodeCheckpoint(file).state.sampleRate : undefined;
    return { spec: specOf(definition), weights, sampleRate: typeof sampleRate === 'number' ? sampleRate : undefined };
  } catch (error) {
    if (error instanceof EddyError) throw new EddyError(error.code, `${path}: ${error.message}`, { cause: error });
    throw error;
  }
}
