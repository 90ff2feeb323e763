import { EddyError } from '../src/core/errors.js';
import { formatFor } from './formats/registry.js';
import { readTable } from './rows.js';
import { isTime, timeOf } from './times.js';

/** A table's chosen columns as numbers, NaN where a cell is empty, with the rows' times. */
export interface Series {
  columns: string[];
  rows: Float64Array[];
  /** Milliseconds since the epoch, NaN where there is none. */
  times: Float64Array;
}

const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?', '-']);

/**
 * Reads a CSV or NDJSON file. Time is the first column, or one named like a time, that holds dates, or the columns year,
 * month, day and hour; without a zone it counts as UTC.
 *
 * @param columns names, or 'all': every column that holds only numbers and gaps
 * @throws EddyError `invalid-file`, `invalid-option` (no such column), `invalid-sample` (text among numbers).
 */
export async function readSeries(file: string, columns: string[] | 'all'): Promise<Series> {
  const table: Map<string, unknown>[] = [];
  for await (const row of readTable(file, formatFor(file), [])) {
    if (row instanceof EddyError) throw row;
    table.push(row.cells);
  }
  const names = [...table[0].keys()];
  const clock = clockOf(table, names);
  const chosen =
    columns === 'all' ? names.filter((name) => !clock.columns.includes(name) && isNumeric(table, name)) : columns;
  const unknown = chosen.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new EddyError(
      'invalid-option',
      `evaluate: --columns must name columns of ${file}, '${unknown}' is none; it has ${names.join(', ')}`,
    );
  }
  if (chosen.length === 0) {
    throw new EddyError(
      'invalid-file',
      `${file}: it must have a column of numbers, it has none; name one with --columns`,
    );
  }
  return {
    columns: chosen,
    rows: table.map((cells, i) => Float64Array.from(chosen, (name) => cellOf(cells, name, i + 1))),
    times: Float64Array.from(table, clock.read),
  };
}

function cellOf(cells: Map<string, unknown>, name: string, row: number): number {
  const value = numeric(cells.get(name));
  if (value !== undefined) return value;
  throw new EddyError(
    'invalid-sample',
    `row ${row} must have a number or nothing in column '${name}', got ${JSON.stringify(cells.get(name))}; mend it, or leave the column out of --columns`,
  );
}

/** A cell's number, NaN for a gap, undefined for text. */
function numeric(cell: unknown): number | undefined {
  if (cell === undefined || cell === null) return Number.NaN;
  if (typeof cell === 'boolean' || typeof cell === 'object') return undefined;
  const text = String(cell).trim();
  if (MISSING.has(text.toLowerCase())) return Number.NaN;
  const value = Number(text);
  return Number.isFinite(value) && Math.abs(value) < 3.4e38 ? value : undefined;
}

function isNumeric(table: readonly Map<string, unknown>[], name: string): boolean {
  let numbers = 0;
  for (const cells of table) {
    const value = numeric(cells.get(name));
    if (value === undefined) return false;
    if (!Number.isNaN(value)) numbers++;
  }
  return numbers > 0;
}

interface TimeReader {
  columns: string[];
  read: (cells: Map<string, unknown>) => number;
}

function clockOf(table: readonly Map<string, unknown>[], names: readonly string[]): TimeReader {
  const parts = ['year', 'month', 'day', 'hour'].map((part) => names.find((name) => name.toLowerCase() === part));
  const [year, month, day, hour] = parts;
  if (year !== undefined && month !== undefined && day !== undefined) {
    return {
      columns: parts.filter((name) => name !== undefined),
      read: (cells) =>
        Date.UTC(
          Number(cells.get(year)),
          Number(cells.get(month)) - 1,
          Number(cells.get(day)),
          hour === undefined ? 0 : Number(cells.get(hour)),
        ),
    };
  }
  const named = names.filter((name, i) => i === 0 || /^(date|time|timestamp|datetime|month)/i.test(name));
  const column = named.find((name) => isTime(name, table[0].get(name)));
  if (column === undefined) return { columns: [], read: () => Number.NaN };
  return { columns: [column], read: (cells) => timeOf(cells.get(column)) };
}
