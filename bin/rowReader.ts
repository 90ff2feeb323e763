import { EddyError } from '../src/core/errors.js';
import type { OnInvalid } from '../src/core/onInvalid.js';
import type { Snapshot } from '../src/core/stage.js';
import { type ColumnOptions, createColumns } from './columns.js';
import type { Observation } from './forecaster.js';
import type { BadRow, TableRow } from './formats/format.js';
import { cellIn, numberIn, orPassOver } from './rows.js';

export interface RowReaderOptions extends Omit<ColumnOptions, 'key'> {
  onInvalid: OnInvalid;
}

/** Numbers a table's rows and takes their values, with one policy for those that have none. */
export function createRowReader({ onInvalid, ...options }: RowReaderOptions) {
  const { time } = options;
  const columns = createColumns(options);
  let held: number | undefined;
  const reader = {
    /** What a header must have. */
    needed: columns.needed,
    /** The number of the newest value. */
    index: 0,
    skipped: 0,
    /** What was wrong with the first row that was. */
    firstBad: undefined as EddyError | undefined,
    /** The row's value, or undefined if it is passed over. @throws EddyError `invalid-sample`, `invalid-file` under `error`. */
    read(row: TableRow | BadRow): Observation | undefined {
      let value: number;
      let at: string | null = null;
      let moment = Number.NaN;
      try {
        if (row instanceof EddyError) throw row;
        const column = columns.find(row);
        if (time !== undefined) at = textOf(cellIn(row, { column: time, option: '--time' }));
        value = numberIn(row, column);
        moment = columns.momentOf(row);
      } catch (error) {
        if (!(error instanceof EddyError)) throw error;
        if (onInvalid === 'error') throw orPassOver(error, 'skip or hold');
        reader.firstBad ??= error;
        if (onInvalid === 'skip' || held === undefined) {
          reader.skipped++;
          return undefined;
        }
        value = held;
      }
      held = value;
      return { index: ++reader.index, time: at, moment, value };
    },
    snapshot: (): Snapshot => ({
      ...columns.snapshot(),
      index: reader.index,
      held: held ?? null,
      skipped: reader.skipped,
    }),
    restore(from: Snapshot): void {
      if (typeof from.index !== 'number' || typeof from.skipped !== 'number') {
        throw new EddyError('invalid-state', 'rows: the record must count rows; it is not one of this command');
      }
      columns.restore(from);
      reader.index = from.index;
      reader.skipped = from.skipped;
      held = typeof from.held === 'number' ? from.held : undefined;
    },
  };
  return reader;
}

function textOf(cell: unknown): string | null {
  if (cell === undefined || cell === null) return null;
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}
