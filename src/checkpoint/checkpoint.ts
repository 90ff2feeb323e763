import { EddyError } from '../core/errors.js';
import { isRecord } from '../core/snapshot.js';
import type { Snapshot } from '../core/stage.js';
import type { Weights } from '../nn/model/parameters.js';
import { readChecksum, writeChecksum } from './checksum.js';
import { type ModelDefinition, readDefinition } from './definition.js';
import { toFloat32 } from './dtype.js';
import { invalidFile } from './invalidFile.js';
import { asObject, parseJson } from './json.js';
import { migrate, SCHEMA } from './migrate.js';
import { readSafetensors, type Tensor } from './safetensors.js';
import { joinSnapshot, splitSnapshot } from './snapshotTree.js';
import { asTensor, checkWeights, type WeightTensor } from './weights.js';
import { writeSafetensors } from './writeSafetensors.js';

/** Everything a stream needs to go on. */
export interface Checkpoint {
  /** Counts the checkpoints of one stream: 1, 2, … */
  readonly epoch: number;
  /** Samples taken so far: the next one is number `offset` + 1. */
  readonly offset: number;
  readonly definition: ModelDefinition | null;
  /** The model's weights; none if `definition` is null. */
  readonly weights: Weights;
  /** What the stage's snapshot() gave. */
  readonly state: Snapshot;
}

const WHERE = 'checkpoint';

/**
 * A checkpoint as one safetensors file: each weight under its own name, so that any safetensors reader finds the model; the state's
 * typed arrays as `state/…`; everything else as JSON in `record`; last the CRC-32 of all bytes before it in `checksum`. The metadata
 * say `format: eddy`, the schema's version, epoch and offset. Equal checkpoints give equal bytes.
 *
 *     const file = encodeCheckpoint({ epoch: 1, offset: 1000, definition, weights: model.weights(), state: stage.snapshot() });
 *
 * `allocate` gives the file's memory; left out, it is new. Fails with `invalid-state` if a snapshot holds something that is not data.
 */
export function encodeCheckpoint(
  { epoch, offset, definition, weights, state }: Checkpoint,
  allocate?: (bytes: number) => Uint8Array<ArrayBuffer>,
): Uint8Array {
  for (const [name, count] of Object.entries({ epoch, offset })) {
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new EddyError('invalid-option', `encodeCheckpoint: ${name} must be a whole number, got ${count}`);
    }
  }
  const split = splitSnapshot(state, 'state');
  const tensors = new Map<string, Tensor>();
  for (const [name, weight] of Object.entries(weights)) {
    if (!isWeightName(name)) {
      throw new EddyError('invalid-weights', `encodeCheckpoint: no weight may be named "${name}"`);
    }
    tensors.set(name, asTensor(weight));
  }
  for (const [name, tensor] of split.tensors) tensors.set(name, tensor);
  const record = new TextEncoder().encode(JSON.stringify({ definition, state: split.tree }));
  tensors.set('record', { dtype: 'U8', shape: [record.byteLength], bytes: record });
  // The narrowest type comes last, in the order given: so the checksum ends the file.
  tensors.set('checksum', { dtype: 'U8', shape: [4], bytes: new Uint8Array(4) });
  const metadata = { format: 'eddy', schema: `${SCHEMA}`, epoch: `${epoch}`, offset: `${offset}` };
  return writeChecksum(writeSafetensors(tensors, metadata, allocate));
}

/**
 * Reads a checkpoint again; one of an older schema is brought up to today's.
 *
 *     const { definition, weights, state, offset } = decodeCheckpoint(file);
 *
 * Fails with `invalid-file` if a bit is wrong, a part is missing, unknown or does not fit the others, or a newer eddy wrote the file.
 */
export function decodeCheckpoint(file: Uint8Array): Checkpoint {
  readChecksum(file, WHERE);
  const { tensors, metadata } = readSafetensors(file);
  if (metadata.format !== 'eddy') {
    throw invalidFile(
      WHERE,
      'the file is no checkpoint of eddy; import the weights of other frameworks with importWeights',
    );
  }
  const schema = asDecimal(metadata.schema, 'schema');
  const { record, states, weights } = migrate(takeApart(tensors), schema);
  const { definition: model, state: tree, ...others } = record;
  const other = Object.keys(others)[0];
  if (other !== undefined || tree === undefined)
    throw invalidFile(WHERE, `record ${other ? `has "${other}"` : 'lacks "state"'}`);
  const state = joinSnapshot({ tree, tensors: states }, 'state');
  if (!isRecord(state)) throw invalidFile(WHERE, 'state must be a record');

  const definition = model === null ? null : readDefinition(model, `${WHERE} definition`);
  const named = readWeights(weights);
  checkWeights(definition ?? { input: 1, layers: [] }, named, WHERE);
  return {
    epoch: asDecimal(metadata.epoch, 'epoch'),
    offset: asDecimal(metadata.offset, 'offset'),
    definition,
    weights: named,
    state,
  };
}

/** The epoch in a checkpoint's header. Fails with `invalid-file` if the file is damaged or no checkpoint. */
export function readEpoch(file: Uint8Array): number {
  readChecksum(file, WHERE);
  return asDecimal(readSafetensors(file).metadata.epoch, 'epoch');
}

function takeApart(tensors: ReadonlyMap<string, Tensor>) {
  const states = new Map<string, Tensor>();
  const weights = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) {
    if (isWeightName(name)) weights.set(name, tensor);
    else if (name !== 'record' && name !== 'checksum') states.set(name, tensor);
  }
  const text = tensors.get('record');
  if (!tensors.has('checksum') || text?.dtype !== 'U8') throw invalidFile(WHERE, 'lacks its record or its checksum');
  try {
    const json = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text.bytes);
    return { record: asObject(parseJson(json, `${WHERE} record`), `${WHERE} record`), states, weights };
  } catch (cause) {
    if (cause instanceof EddyError) throw cause;
    throw invalidFile(WHERE, 'the record is not UTF-8', cause);
  }
}

function readWeights(tensors: ReadonlyMap<string, Tensor>): Weights {
  const weights: { [name: string]: WeightTensor } = {};
  for (const [name, { dtype, shape, bytes }] of tensors) {
    const data = dtype === 'F32' ? toFloat32(dtype, bytes) : undefined;
    if (data === undefined) throw invalidFile(WHERE, `weight "${name}" must be F32, got ${dtype}`);
    weights[name] = { shape, data };
  }
  return weights;
}

function isWeightName(name: string): boolean {
  return (
    name !== 'record' &&
    name !== 'checksum' &&
    name !== 'state' &&
    !name.startsWith('state/') &&
    name !== '__metadata__'
  );
}

function asDecimal(text: string | undefined, name: string): number {
  const value = Number(text);
  if (text === undefined || !/^\d{1,16}$/.test(text) || !Number.isSafeInteger(value)) {
    throw invalidFile(
      WHERE,
      `the metadata's ${name} must be a whole number, got ${text === undefined ? 'none' : `"${text}"`}`,
    );
  }
  return value;
}
