import type { Readable } from 'node:stream';
import type { EddyError } from '../../src/core/errors.js';

/** One row of a table: its number from 1, and its cells by column name. */
export interface TableRow {
  number: number;
  cells: Map<string, unknown>;
}

/** A column that the input must have, and the option that named it. */
export interface NeededColumn {
  column: string;
  option: '--column' | '--time' | '--key';
}

/** What is wrong with one row; the rows after it can still be read. */
export type BadRow = EddyError;

/** A format of tables: how rows come in, and how they go out again. */
export interface TableFormat {
  /** What `--format` calls it. */
  readonly name: string;
  /** The endings of its files. */
  readonly endings: RegExp;
  /** Rows one by one; one that cannot be read comes out as the error that says why. `name` is the file's, for messages. */
  read(source: Readable, name: string, needed: readonly NeededColumn[]): AsyncGenerator<TableRow | BadRow>;
  /** What stands before the first row. */
  head(columns: readonly string[]): string;
  line(cells: readonly (readonly [column: string, cell: unknown])[]): string;
}
