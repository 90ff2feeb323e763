import { EddyError } from '../core/errors.js';
import type { Snapshot, SnapshotValue } from '../core/stage.js';
import { invalidFile } from './invalidFile.js';
import { describe, type Json, type JsonObject } from './json.js';
import type { Tensor } from './safetensors.js';

/**
 * A snapshot in two parts: `tree`, JSON with its small values, and `tensors`, its typed arrays and longer rows of numbers, named by
 * their JSON pointer (RFC 6901). In the tree a string that begins with `$` is a mark: `$f32`, `$f64` and `$numbers` stand for a tensor;
 * `$-0`, `$NaN`, `$Infinity` and `$-Infinity` for the numbers that JSON cannot say; `$$…` for a string that itself begins with `$`.
 */
export interface SnapshotTree {
  readonly tree: Json;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** From this length on, an array of numbers is kept as a float64 tensor: smaller and faster than text. */
const LONG = 16;
const MAX_DEPTH = 48;
const NUMBERS = new Map([
  ['$-0', -0],
  ['$NaN', Number.NaN],
  ['$Infinity', Number.POSITIVE_INFINITY],
  ['$-Infinity', Number.NEGATIVE_INFINITY],
]);

/**
 * Splits a snapshot into a tree and tensors. Tensors view the snapshot's own memory: write them before it changes. `root` begins every tensor's name.
 *
 *     splitSnapshot({ mean: 0.5, h: new Float32Array(8) }, 'state');
 *     // { tree: { mean: 0.5, h: '$f32' }, tensors: Map { 'state/h' → F32 [8] } }
 *
 * Fails with `invalid-state` on anything that is no SnapshotValue, such as `undefined`, a function, or a cycle.
 */
export function splitSnapshot(snapshot: Snapshot, root: string): SnapshotTree {
  const tensors = new Map<string, Tensor>();

  const split = (value: SnapshotValue, path: string, depth: number): Json => {
    if (depth > MAX_DEPTH) throw invalidState(path, `nested deeper than ${MAX_DEPTH} levels, or in a circle`);
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string') return value.startsWith('$') ? `$${value}` : value;
    if (typeof value === 'number') return markNumber(value);
    if (value instanceof Float32Array) return tensor(path, 'F32', '$f32', value);
    if (value instanceof Float64Array) return tensor(path, 'F64', '$f64', value);
    if (isArray(value)) {
      if (isLongRow(value)) return tensor(path, 'F64', '$numbers', Float64Array.from(value));
      // Array.from, unlike map, also visits holes, which are refused as undefined.
      return Array.from(value, (item, i) => split(item, `${path}/${i}`, depth + 1));
    }
    if (!isPlain(value))
      throw invalidState(path, `must be plain data, got ${typeof value} ${String(value).slice(0, 40)}`);
    const record: JsonObject = {};
    for (const [name, item] of Object.entries(value)) {
      if (name === '__proto__') throw invalidState(path, 'has a field named "__proto__"');
      record[name] = split(item, `${path}/${escapeName(name)}`, depth + 1);
    }
    return record;
  };

  const tensor = (path: string, dtype: 'F32' | 'F64', mark: string, values: Float32Array | Float64Array): string => {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    tensors.set(path, { dtype, shape: [values.length], bytes });
    return mark;
  };

  return { tree: split(snapshot, root, 0), tensors };
}

/**
 * Joins what splitSnapshot has split, bit for bit; every typed array is a copy.
 * Fails with `invalid-file` on a mark it does not know, a tensor that is missing, of another type, or left over.
 */
export function joinSnapshot({ tree, tensors }: SnapshotTree, root: string): SnapshotValue {
  const unread = new Set(tensors.keys());

  const join = (value: Json, path: string): SnapshotValue => {
    if (typeof value === 'string') return value.startsWith('$') ? unmark(value, path) : value;
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item, i) => join(item, `${path}/${i}`));
    const record: { [name: string]: SnapshotValue } = {};
    for (const [name, item] of Object.entries(value)) record[name] = join(item, `${path}/${escapeName(name)}`);
    return record;
  };

  const unmark = (mark: string, path: string): SnapshotValue => {
    if (mark.startsWith('$$')) return mark.slice(1);
    const number = NUMBERS.get(mark);
    if (number !== undefined) return number;
    if (mark === '$f32') return new Float32Array(take(path, 'F32'));
    if (mark === '$f64') return new Float64Array(take(path, 'F64'));
    if (mark === '$numbers') return [...new Float64Array(take(path, 'F64'))];
    throw invalidFile(path, `has the unknown mark ${describe(mark)}`);
  };

  const take = (path: string, dtype: string): ArrayBufferLike => {
    const tensor = tensors.get(path);
    if (tensor?.dtype !== dtype)
      throw invalidFile(path, `must be a tensor of ${dtype}, got ${tensor?.dtype ?? 'none'}`);
    unread.delete(path);
    return new Uint8Array(tensor.bytes).buffer;
  };

  const value = join(tree, root);
  for (const path of unread) throw invalidFile(path, 'is a tensor that the record does not name');
  return value;
}

function markNumber(value: number): Json {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  return Object.is(value, -0) ? '$-0' : `$${value}`;
}

function isArray(value: SnapshotValue): value is readonly SnapshotValue[] {
  return Array.isArray(value);
}

function isLongRow(value: readonly SnapshotValue[]): value is readonly number[] {
  return value.length >= LONG && Array.from(value).every((item) => typeof item === 'number');
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function escapeName(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function invalidState(path: string, what: string): EddyError {
  return new EddyError(
    'invalid-state',
    `checkpoint: a snapshot holds numbers, strings, typed arrays and records of them, ${path} ${what}`,
  );
}
