import { EddyError } from '../src/errors.js';
import type { OnInvalid } from '../src/onInvalid.js';
import type { Snapshot } from '../src/stage.js';
import { goOnWith } from './checkpoint.js';
import type { Observation } from './forecaster.js';
import {
  type BadRow,
  cellIn,
  firstNumericColumn,
  type NeededColumn,
  numberIn,
  orPassOver,
  type TableRow,
} from './rows.js';
import { timeColumn, timeOf } from './times.js';

export interface RowReaderOptions {
  /** The column to read; left out: the first that holds a number. */
  column?: string;
  time?: string;
  onInvalid: OnInvalid;
}

/** Numbers a table's rows and takes their values, with one policy for those that have none. */
export function openRowReader({ column: named, time, onInvalid }: RowReaderOptions) {
  let column = named;
  let held: number | undefined;
  /** The column that dates come from; '' for none. */
  let dates = time;
  const needed: NeededColumn[] = [];
  if (named !== undefined) needed.push({ column: named, option: '--column' });
  if (time !== undefined) needed.push({ column: time, option: '--time' });
  const reader = {
    /** What a header must have. */
    needed,
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
        column ??= firstNumericColumn(row, [time]);
        if (time !== undefined) at = textOf(cellIn(row, { column: time, option: '--time' }));
        value = numberIn(row, column);
        dates ??= timeColumn(row.cells, column);
        moment = timeOf(row.cells.get(dates));
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
      column: column ?? null,
      dates: dates ?? null,
      index: reader.index,
      held: held ?? null,
      skipped: reader.skipped,
    }),
    restore(from: Snapshot): void {
      if (typeof from.index !== 'number' || typeof from.skipped !== 'number') {
        throw new EddyError('invalid-state', 'rows: the record must count rows; it is not one of this command');
      }
      column = goOnWith('--column', named, from.column);
      if (typeof from.dates === 'string') dates = from.dates;
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
