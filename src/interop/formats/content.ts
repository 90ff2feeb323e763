import { invalidFile } from '../../checkpoint/invalidFile.js';
import { asObject, parseJson } from '../../checkpoint/json.js';
import { readSafetensors } from '../../checkpoint/safetensors.js';
import type { FileContent } from './format.js';

const WHERE = 'importWeights';

/** Files that people bring and that are not read, by their first bytes. */
const NOT_READ: readonly [string, string][] = [
  ['PK\x03\x04', 'a zip archive, as PyTorch’s .pt and Keras’s .keras are'],
  ['\x80\x02', 'a Python pickle, as older .pt files are'],
  ['\x89HDF', 'HDF5, as Keras’s .h5 is'],
];

/** Reads what every format looks at. Fails with `invalid-file` on a file that is known to be none of them. */
export function contentOf(file: Uint8Array): FileContent {
  // A safetensors file has its JSON after eight bytes, the length; every other kind of JSON begins at once.
  if (file[8] === 0x7b && file[7] === 0) return { safetensors: readSafetensors(file) };
  const first = file.find((byte) => byte > 0x20);
  if (first === 0x7b) {
    const text = decode(file);
    return { json: asObject(parseJson(text, WHERE), WHERE), text };
  }
  const begin = String.fromCharCode(...file.subarray(0, 4));
  const notRead = NOT_READ.find(([bytes]) => begin.startsWith(bytes))?.[1];
  if (notRead !== undefined) {
    throw invalidFile(WHERE, `the file is ${notRead}; save the weights as safetensors, or the model as ONNX`);
  }
  return { bytes: file };
}

function decode(file: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch (cause) {
    throw invalidFile(WHERE, 'the file is not UTF-8', cause);
  }
}
