import { createReadStream } from 'node:fs';
import { CsvError } from 'csv-parse';
import { EddyError } from '../src/core/errors.js';
import { bad, clipped, nameAll, quote } from './formats/bad.js';
import type { BadRow, NeededColumn, TableFormat, TableRow } from './formats/format.js';
import { isTime } from './times.js';

/**
 * Reads a table row by row, in constant memory: CSV with a header, or NDJSON (one object a line). A row that cannot be read comes out
 * as the error that says why.
 *
 * @param file a path, or '-' for standard input
 * @param needed what a CSV file's header must have; NDJSON may name its columns again in every row
 * @throws EddyError `invalid-file`: no such file, no header, no such column, no rows.
 */
export async function* readTable(
  file: string,
  format: TableFormat,
  needed: readonly NeededColumn[],
): AsyncGenerator<TableRow | BadRow> {
  const source = file === '-' ? process.stdin : createReadStream(file);
  const name = file === '-' ? 'standard input' : file;
  try {
    yield* format.read(source, name, needed);
  } catch (error) {
    throw asFileError(error, name);
  } finally {
    source.destroy();
  }
}

/** A row's cell. @throws EddyError `invalid-sample`: no such column. */
export function cellIn({ number, cells }: TableRow, { column, option }: NeededColumn): unknown {
  if (cells.has(column)) return cells.get(column);
  throw new EddyError(
    'invalid-sample',
    `row ${number} has no column ${nameAll([column])}, it has ${nameAll([...cells.keys()]) || 'none'}; name one of these with ${option}`,
  );
}

/**
 * The number in a row's column.
 * @throws EddyError `invalid-sample`: no such column, text, nothing, NaN, ±Infinity, or a number beyond float32.
 */
export function numberIn(row: TableRow, column: string): number {
  const cell = cellIn(row, { column, option: '--column' });
  const value = asNumber(cell);
  // A change between two such values, squared, is still a number.
  if (Number.isFinite(Math.fround(value))) return value;
  throw new EddyError(
    'invalid-sample',
    `row ${row.number} must have a finite number within float32 in column '${column}', got ${quote(cell)}; mend the row`,
  );
}

const asNumber = (cell: unknown): number =>
  typeof cell === 'number' ? cell : typeof cell === 'string' && cell.trim() !== '' ? Number(cell) : Number.NaN;

/** The first column of the row that holds a number, no time and none of `others`. @throws EddyError `invalid-sample` where none does. */
export function firstNumericColumn({ number, cells }: TableRow, others: readonly (string | undefined)[]): string {
  for (const [column, cell] of cells) {
    if (!others.includes(column) && !isTime(column, cell) && Number.isFinite(asNumber(cell))) return column;
  }
  throw new EddyError(
    'invalid-sample',
    `row ${number} must have a number in some column, got ${quote(Object.fromEntries(cells))}; name the column with --column`,
  );
}

/** The same error, for a command that can pass over such a row. */
export const orPassOver = ({ code, message, cause }: EddyError, policies: string): EddyError =>
  new EddyError(code, `${message}, or pass --on-invalid ${policies}`, { cause });

function asFileError(error: unknown, name: string): unknown {
  if (error instanceof EddyError || !(error instanceof Error)) return error;
  if (error instanceof CsvError)
    return bad(name, `not readable as CSV: ${clipped(error.message, 120)}`, 'mend the file');
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT')
    return new EddyError('invalid-file', `${name}: no such file; check the path`, { cause: error });
  if (code === 'EISDIR')
    return new EddyError('invalid-file', `${name}: a folder, not a file; name a file in it`, { cause: error });
  return error;
}
