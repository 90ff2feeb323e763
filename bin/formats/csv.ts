import type { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { LONGEST_LINE } from '../lines.js';
import { bad, nameAll, quote } from './bad.js';
import type { BadRow, NeededColumn, TableFormat, TableRow } from './format.js';

/** CSV with a header (RFC 4180). */
export const csv: TableFormat = {
  name: 'csv',
  endings: /\.csv$/i,
  read: readCsv,
  head: (columns) => `${columns.map(quoted).join(',')}\n`,
  line: (cells) => `${cells.map(([, cell]) => quoted(cell)).join(',')}\n`,
};

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

/** A field. */
export function quoted(cell: unknown): string {
  const text = cell === null || cell === undefined ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
