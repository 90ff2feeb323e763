import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { EddyError } from '../src/core/errors.js';
import { LONGEST_LINE, readLines } from './lines.js';
import { isTime } from './times.js';

/** One row of a table: its number from 1, and its cells by column name. */
export interface TableRow {
  number: number;
  cells: Map<string, unknown>;
}

export type TableFormat = 'csv' | 'ndjson';

/** A column that the input must have, and the option that named it. */
export interface NeededColumn {
  column: string;
  option: '--column' | '--time' | '--key';
}

/** What is wrong with one row; the rows after it can still be read. */
export type BadRow = EddyError;

/**
 * Reads a table row by row, in constant memory: CSV with a header, or NDJSON (one object a line). A row that cannot be read comes out
 * as the error that says why.
 *
 * @param file a path, or '-' for standard input
 * @param needed what a CSV file's header must have; NDJSON may name its columns anew in every row
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
    yield* format === 'csv' ? readCsv(source, name, needed) : readNdjson(source, name);
  } catch (error) {
    throw asFileError(error, name);
  } finally {
    source.destroy();
  }
}

/** By the file's ending, CSV where it says nothing. */
export const formatOf = (file: string): TableFormat => (/\.(ndjson|jsonl)$/i.test(file) ? 'ndjson' : 'csv');

async function* readCsv(
  source: Readable,
  name: string,
  needed: readonly NeededColumn[],
): AsyncGenerator<TableRow | BadRow> {
  const parser = source.pipe(
    parse({ bom: true, relax_column_count: true, skip_empty_lines: true, max_record_size: LONGEST_LINE }),
  );
  source.on('error', (error) => parser.destroy(error));
  let header: string[] | undefined;
  let number = 0;
  for await (const record of parser) {
    const fields: string[] = record;
    if (!header) {
      header = fields;
      const twice = fields.find((column, k) => fields.indexOf(column) < k);
      if (twice !== undefined) throw bad(name, `the header names '${twice}' twice`, 'name each column once');
      const separator = fields.length === 1 ? /[;\t]/.exec(fields[0])?.[0] : undefined;
      if (separator !== undefined)
        throw bad(name, `its fields must be separated by commas, got ${quote(separator)}`, 'write them with commas');
      for (const { column, option } of needed) {
        if (!fields.includes(column))
          throw bad(
            name,
            `the header has no column ${nameAll([column])}, it has ${nameAll(fields)}`,
            `name one of these with ${option}`,
          );
      }
      continue;
    }
    number++;
    if (fields.length !== header.length) {
      yield bad(
        name,
        `row ${number} must have ${header.length} fields as the header has, it has ${fields.length}`,
        'mend the row',
      );
      continue;
    }
    const columns = header;
    yield { number, cells: new Map(fields.map((field, k) => [columns[k], field])) };
  }
  if (!header) throw bad(name, 'it must begin with a header line, it is empty', 'give a CSV file with a header');
  if (number === 0) throw bad(name, 'it must have rows after its header, it has none', 'give at least one row');
}

async function* readNdjson(source: Readable, name: string): AsyncGenerator<TableRow | BadRow> {
  let number = 0;
  for await (const line of readLines(source, name)) {
    if (line.trim() === '') continue;
    number++;
    const row = parseObject(line);
    if (row) yield { number, cells: new Map(Object.entries(row)) };
    else yield bad(name, `row ${number} must be one JSON object, got ${quote(line)}`, 'write one object a line');
  }
  if (number === 0) throw bad(name, 'it must have rows, it is empty', 'give at least one line of JSON');
}

function parseObject(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
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

const bad = (name: string, rule: string, remedy: string) =>
  new EddyError('invalid-file', `${name}: ${rule}; ${remedy}`);

const nameAll = (columns: readonly string[]) => columns.map(quote).join(', ');

const quote = (value: unknown) => clipped(JSON.stringify(value) ?? 'nothing');

const clipped = (text: string, length = 60) => (text.length > length ? `${text.slice(0, length)}…` : text);
