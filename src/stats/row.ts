import { EddyError } from '../core/errors.js';

/** The numbers of one moment: a bare number is a row of one. */
export type Row = number | readonly number[] | Float32Array | Float64Array;

/** What a stage that rescales makes of a row: a number stays a number, any array becomes a Float32Array. */
export type Scaled<In extends Row> = In extends number ? number : Float32Array;

const MAX = 3.4028234663852886e38; // the largest float32: what a network can be given at all, and squares stay finite

/** How many numbers a sample has; 0 when it is none of the kinds a row may be. */
export function widthOf(sample: unknown): number {
  if (typeof sample === 'number') return 1;
  return Array.isArray(sample) || sample instanceof Float32Array || sample instanceof Float64Array ? sample.length : 0;
}

/**
 * Writes a sample into `target`, all or nothing. NaN, null and undefined pass as NaN where `gaps` is set.
 *
 * @throws EddyError `invalid-sample`, naming `where` and the sample's `index`: another kind, another width than
 * target's, or a number that is not finite or beyond float32.
 */
export function readRow(sample: unknown, target: Float64Array, where: string, index: number, gaps = false): void {
  const width = target.length;
  if (widthOf(sample) !== width && !(gaps && width === 1 && (sample === null || sample === undefined))) {
    throw new EddyError(
      'invalid-sample',
      `${where}: sample ${index} must have ${width} number(s), got ${kindOf(sample)}; keep the features of a stream fixed in number and order`,
    );
  }
  for (let i = 0; i < width; i++) check(elementOf(sample, i), i, where, index, gaps);
  for (let i = 0; i < width; i++) {
    const value = elementOf(sample, i);
    target[i] = typeof value === 'number' ? value : Number.NaN;
  }
}

const elementOf = (sample: unknown, i: number): unknown =>
  Array.isArray(sample) || sample instanceof Float32Array || sample instanceof Float64Array ? sample[i] : sample;

function check(value: unknown, i: number, where: string, index: number, gaps: boolean): void {
  if (typeof value === 'number' && Math.abs(value) <= MAX) return;
  if (gaps && (value === null || value === undefined || Number.isNaN(value))) return;
  const came = typeof value === 'number' || value === null ? String(value) : typeof value;
  throw new EddyError(
    'invalid-sample',
    `${where}: sample ${index} must be finite numbers within float32, got ${came} at position ${i}; impute or filter gaps upstream`,
  );
}

function kindOf(sample: unknown): string {
  if (sample === null) return 'null';
  const width = widthOf(sample);
  return width > 0 || Array.isArray(sample) ? `${width}` : typeof sample;
}
