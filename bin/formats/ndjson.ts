import type { Readable } from 'node:stream';
import { readLines } from '../lines.js';
import { bad, quote } from './bad.js';
import type { BadRow, TableFormat, TableRow } from './format.js';

/** One JSON object a line. */
export const ndjson: TableFormat = {
  name: 'ndjson',
  endings: /\.(ndjson|jsonl)$/i,
  read: readNdjson,
  head: () => '',
  line: (cells) => `${JSON.stringify(Object.fromEntries(cells))}\n`,
};

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
