import { EddyError } from './errors.js';

/** One row of numbers as it comes in a stream; a bare number is a row of one. */
export type Sample = number | readonly number[] | Float32Array | Float64Array;

/**
 * Writes a sample's `width` numbers into `target` at `offset`. Allocates nothing; a bad sample throws before anything
 * has been written. `where` names the operator and `index` the sample in the error's message.
 *
 *     readSample([1, 2], 2, input, 0, 'predict', 1);
 *
 * @throws EddyError `invalid-sample`: not a number, array, Float32Array or Float64Array; not `width` numbers; one of
 * them not a number, NaN, ±Infinity, or too large for a float32 target.
 */
export function readSample(
  sample: unknown,
  width: number,
  target: Float32Array | Float64Array,
  offset: number,
  where: string,
  index: number,
): void {
  // The usual case stands alone and small, so that it is compiled into its caller.
  if (!(sample instanceof Float32Array) || sample.length !== width) {
    readOther(sample, width, target, offset, where, index);
    return;
  }
  for (let i = 0; i < width; i++) {
    if (!(Math.abs(sample[i]) < Number.POSITIVE_INFINITY)) readOther(sample, width, target, offset, where, index);
  }
  for (let i = 0; i < width; i++) target[offset + i] = sample[i];
}

function readOther(
  sample: unknown,
  width: number,
  target: Float32Array | Float64Array,
  offset: number,
  where: string,
  index: number,
): void {
  const limit = target instanceof Float64Array ? Number.POSITIVE_INFINITY : FLOAT32_OVERFLOW;
  if (typeof sample === 'number') {
    // Written as !(… < …) throughout: NaN fails every comparison.
    if (width !== 1 || !(Math.abs(sample) < limit)) refuse(sample, width, limit, where, index);
    target[offset] = sample;
  } else if (Array.isArray(sample)) {
    if (sample.length !== width) refuse(sample, width, limit, where, index);
    for (let i = 0; i < width; i++) if (!fits(sample[i], limit)) refuse(sample, width, limit, where, index);
    for (let i = 0; i < width; i++) target[offset + i] = sample[i];
  } else if (isFloatArray(sample)) {
    if (sample.length !== width) refuse(sample, width, limit, where, index);
    for (let i = 0; i < width; i++) if (!fits(sample[i], limit)) refuse(sample, width, limit, where, index);
    target.set(sample, offset);
  } else {
    refuse(sample, width, limit, where, index);
  }
}

/** The smallest number that rounds to Infinity as float32: 2^128 − 2^103, halfway between the largest float32 and 2^128. */
const FLOAT32_OVERFLOW = 3.4028235677973366e38;

const fits = (value: unknown, limit: number): boolean => typeof value === 'number' && Math.abs(value) < limit;

/** Whether a value is an array that may be a sample; its elements are not looked at. */
export const isRow = (value: unknown): value is readonly number[] | Float32Array | Float64Array =>
  Array.isArray(value) || isFloatArray(value);

/** By tag, not by constructor: an array from another realm (a vm context, an iframe, Jest) is as good as one of ours. */
function isFloatArray(value: unknown): value is Float32Array | Float64Array {
  if (!ArrayBuffer.isView(value)) return false;
  const tag = Object.prototype.toString.call(value);
  return tag === '[object Float64Array]' || tag === '[object Float32Array]';
}

function refuse(sample: unknown, width: number, limit: number, where: string, index: number): never {
  const wanted = width === 1 ? 'be a finite number (or an array of one)' : `have ${width} finite numbers`;
  const [came, remedy] = diagnose(sample, width, limit);
  throw new EddyError('invalid-sample', `${where}: sample ${index} must ${wanted}, got ${came}; ${remedy}`);
}

const FIX = 'keep the features of a stream fixed in number and order';
const GAP = "fill or drop gaps upstream, or set onInvalid to 'skip' or 'hold'";

function diagnose(sample: unknown, width: number, limit: number): [came: string, remedy: string] {
  if (Array.isArray(sample) || isFloatArray(sample)) {
    if (sample.length !== width) return [`${sample.length} in ${kind(sample)}`, FIX];
    const values: readonly unknown[] = Array.from<unknown>(sample);
    const at = values.findIndex((value) => !fits(value, limit));
    const [came, remedy] = diagnoseElement(values[at]);
    return [`${came} at position ${at}`, remedy];
  }
  if (typeof sample === 'number') return fits(sample, limit) ? ['one number', FIX] : diagnoseElement(sample);
  if (sample === null || sample === undefined) return [String(sample), GAP];
  if (typeof sample === 'string') return [quote(sample), 'parse text into numbers upstream'];
  if (ArrayBuffer.isView(sample)) return [kind(sample), 'convert it to a Float32Array'];
  if (typeof sample === 'object') return [kind(sample), 'pick its numbers with a features selector'];
  return [kind(sample), 'map it to numbers upstream'];
}

function diagnoseElement(value: unknown): [came: string, remedy: string] {
  if (typeof value === 'string') return [quote(value), 'parse text into numbers upstream'];
  if (typeof value !== 'number') return [value === null ? 'null' : kind(value), GAP];
  if (Number.isFinite(value)) return [`${value}, too large for float32`, 'scale the values first (standardize)'];
  return [String(value), GAP];
}

const quote = (text: string) => `the text ${JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)}`;

/** A name for a value's kind, never its content: a sample may be large, or private. */
function kind(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (typeof value !== 'object' && typeof value !== 'function') return `a ${typeof value}`;
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return `${/^[AEIOU]/.test(tag) ? 'an' : 'a'} ${tag}`;
}
