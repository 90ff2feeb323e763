import { DTYPE_BYTES, type Dtype, isDtype } from './dtype.js';
import { invalidFile } from './invalidFile.js';
import { asArray, asCount, asObject, asString, describe, type Json, parseJson } from './json.js';

/** One tensor of a safetensors file; `bytes` is a view of the file, row-major and little-endian. */
export interface Tensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The format's own limit on its header. */
const MAX_HEADER = 100_000_000;
const WHERE = 'safetensors';

/**
 * Reads a safetensors file (https://github.com/huggingface/safetensors, format of 2022): eight bytes with the header's length, a
 * JSON header, and the tensors' bytes. Strict: the tensors must cover the bytes exactly, each once, with no gap, no overlap and
 * nothing after the last; each shape must be that of its bytes; no key may come twice.
 *
 *     const { tensors } = readSafetensors(await readFile('model.safetensors'));
 *     tensors.get('fc.weight');    // { dtype: 'F32', shape: [1, 32], bytes: Uint8Array(128) }
 *
 * Fails with `invalid-file`. Copies nothing.
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  // Not a Node Buffer, whose slices are no copies.
  const file = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.byteLength < 8) throw invalidFile(WHERE, `a file has at least 8 bytes, this one has ${file.byteLength}`);
  const length = new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER, file.byteLength - 8))) {
    throw invalidFile(WHERE, `the header claims ${length} bytes, the file has ${file.byteLength - 8} after its length`);
  }
  const start = 8 + Number(length);
  const header = asObject(parseJson(decodeText(file.subarray(8, start)), `${WHERE} header`), `${WHERE} header`);
  const data = file.subarray(start);

  const tensors = new Map<string, Tensor>();
  const spans: { name: string; begin: number; end: number }[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { tensor, begin, end } = readTensor(name, entry, data);
    tensors.set(name, tensor);
    spans.push({ name, begin, end });
  }
  checkCover(spans, data.byteLength);
  return { tensors, metadata: readMetadata(header.__metadata__) };
}

function decodeText(bytes: Uint8Array): string {
  // Only an object may stand here: the format forbids white space before it, so that the ninth byte identifies such a file.
  if (bytes[0] !== 0x7b) throw invalidFile(WHERE, 'the header must begin with "{"');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw invalidFile(WHERE, 'the header is not UTF-8', cause);
  }
}

function readTensor(name: string, entry: Json | undefined, data: Uint8Array) {
  const where = `${WHERE} tensor ${describe(name)}`;
  const { dtype, shape, data_offsets, ...others } = asObject(entry, where);
  const other = Object.keys(others)[0];
  if (other !== undefined) throw invalidFile(where, `has an unknown field ${describe(other)}`);
  const type = asString(dtype, `${where} dtype`);
  if (!isDtype(type)) {
    throw invalidFile(where, `has dtype ${describe(type)}; known are ${Object.keys(DTYPE_BYTES).join(', ')}`);
  }
  const sizes = asArray(shape, `${where} shape`).map((size) => asCount(size, `${where} shape`));
  const offsets = asArray(data_offsets, `${where} data_offsets`).map((at) => asCount(at, `${where} data_offsets`));
  const [begin, end] = offsets;
  if (offsets.length !== 2 || begin === undefined || end === undefined || begin > end || end > data.byteLength) {
    throw invalidFile(
      where,
      `lies at ${describe(data_offsets)}: [${offsets}], outside the ${data.byteLength} data bytes`,
    );
  }
  let bytes: number = DTYPE_BYTES[type];
  for (const size of sizes) {
    bytes *= size;
    if (bytes > Number.MAX_SAFE_INTEGER) throw invalidFile(where, `has the shape [${sizes}], more than can be counted`);
  }
  if (bytes !== end - begin) {
    throw invalidFile(where, `is ${type} [${sizes}], which takes ${bytes} bytes, and was given ${end - begin}`);
  }
  return { tensor: { dtype: type, shape: sizes, bytes: data.subarray(begin, end) }, begin, end };
}

function checkCover(spans: { name: string; begin: number; end: number }[], length: number): void {
  spans.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of spans) {
    if (begin !== covered) {
      const what = begin < covered ? 'overlaps the one before it' : 'leaves a gap before it';
      throw invalidFile(`${WHERE} tensor ${describe(name)}`, `${what}: begins at ${begin}, not at ${covered}`);
    }
    covered = end;
  }
  if (covered !== length) throw invalidFile(WHERE, `${length - covered} bytes belong to no tensor`);
}

function readMetadata(entry: Json | undefined): Record<string, string> {
  if (entry === undefined) return {};
  const metadata: Record<string, string> = {};
  for (const [name, text] of Object.entries(asObject(entry, `${WHERE} __metadata__`))) {
    metadata[name] = asString(text, `${WHERE} __metadata__ ${describe(name)}`);
  }
  return metadata;
}
