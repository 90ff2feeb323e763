import { decodeCheckpoint } from '../checkpoint/checkpoint.js';
import { invalidFile } from '../checkpoint/invalidFile.js';
import { asArray, asObject, asString, describe, parseJson } from '../checkpoint/json.js';
import { readSafetensors } from '../checkpoint/safetensors.js';
import { importGuitarml } from './import/guitarml.js';
import type { Imported } from './import/imported.js';
import { importKeras, type KerasOptions } from './import/keras.js';
import { importOnnx } from './import/onnx.js';
import { importPytorch, type PytorchOptions } from './import/pytorch.js';
import { importRtneural } from './import/rtneural.js';
import { importTfjs } from './import/tfjs.js';

export type WeightsFormat = 'eddy' | 'pytorch' | 'keras' | 'tfjs' | 'onnx' | 'rtneural' | 'guitarml';

export interface ImportOptions extends PytorchOptions, KerasOptions {
  /** The shards of a tfjs `model.json`, by the paths that it names. */
  readonly shards?: Readonly<Record<string, Uint8Array>>;
}

const WHERE = 'importWeights';

/** Files that people bring and that are not read, by their first bytes. */
const NOT_READ: readonly [string, string][] = [
  ['PK\x03\x04', 'a zip archive, as PyTorch’s .pt and Keras’s .keras are'],
  ['\x80\x02', 'a Python pickle, as older .pt files are'],
  ['\x89HDF', 'HDF5, as Keras’s .h5 is'],
];

/**
 * A model from a file of any kind that eddy reads; the file's content tells which.
 *
 *     const { format, definition, weights } = importWeights(await readFile('model.onnx'));
 *
 * Fails with `invalid-file` as that kind's importer does, and on a checkpoint that holds no model.
 */
export function importWeights(
  file: Uint8Array,
  options: ImportOptions = {},
): Imported & { readonly format: WeightsFormat } {
  const format = detectFormat(file);
  return { format, ...importAs(format, file, options) };
}

function importAs(format: WeightsFormat, file: Uint8Array, options: ImportOptions): Imported {
  switch (format) {
    case 'eddy': {
      const { definition, weights } = decodeCheckpoint(file);
      if (definition === null) throw invalidFile(WHERE, 'the checkpoint holds a state, but no model');
      return { definition, weights };
    }
    case 'pytorch':
      return importPytorch(file, options);
    case 'keras':
      return importKeras(file, options);
    case 'onnx':
      return importOnnx(file);
    case 'tfjs':
      return importTfjs(textOf(file), options.shards ?? {});
    case 'rtneural':
      return importRtneural(textOf(file));
    case 'guitarml':
      return importGuitarml(textOf(file));
  }
}

/** The shards that a tfjs `model.json` names; none for a file of another kind. */
export function shardPaths(file: Uint8Array): string[] {
  if (detectFormat(file) !== 'tfjs') return [];
  const { weightsManifest } = asObject(parseJson(textOf(file), WHERE), WHERE);
  return asArray(weightsManifest, `${WHERE} weightsManifest`).flatMap((group) =>
    asArray(asObject(group, `${WHERE} weightsManifest`).paths, `${WHERE} paths`).map((path) => {
      const name = asString(path, `${WHERE} paths`);
      // The file must not lead a reader out of its folder.
      if (/^[/\\]|^[a-z]:|(^|[/\\])\.\.([/\\]|$)/i.test(name))
        throw invalidFile(WHERE, `names the shard ${describe(name)}`);
      return name;
    }),
  );
}

/** What a file is. Fails with `invalid-file` if it looks like none of the kinds. */
export function detectFormat(file: Uint8Array): WeightsFormat {
  // A safetensors file has its JSON after eight bytes, the length; every other kind of JSON begins at once.
  if (file[8] === 0x7b && file[7] === 0) {
    const { metadata, tensors } = readSafetensors(file);
    if (metadata.format === 'eddy') return 'eddy';
    return [...tensors.keys()].some((name) => /recurrent_kernel/.test(name)) ? 'keras' : 'pytorch';
  }
  const first = file.find((byte) => byte > 0x20);
  if (first === 0x7b) {
    const json = asObject(parseJson(textOf(file), WHERE), WHERE);
    if (json.modelTopology !== undefined || json.weightsManifest !== undefined) return 'tfjs';
    return json.layers !== undefined ? 'rtneural' : 'guitarml';
  }
  const begin = String.fromCharCode(...file.subarray(0, 4));
  const notRead = NOT_READ.find(([bytes]) => begin.startsWith(bytes))?.[1];
  if (notRead !== undefined) {
    throw invalidFile(WHERE, `the file is ${notRead}; save the weights as safetensors, or the model as ONNX`);
  }
  // A protobuf message begins with a field's number and type; ONNX's fields are numbers (0) and blocks (2), none above 25.
  const [tag = 0] = file;
  if (tag >> 3 === 0 || tag >> 3 > 25 || ![0, 2].includes(tag & 7)) {
    throw invalidFile(
      WHERE,
      'the file is of no kind that is known: safetensors, tfjs model.json, ONNX, RTNeural or GuitarML JSON',
    );
  }
  return 'onnx';
}

function textOf(file: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch (cause) {
    throw invalidFile(WHERE, 'the file is not UTF-8', cause);
  }
}
