import type { Snapshot } from '../src/core/stage.js';
import { goOnWith } from './checkpoint.js';
import type { NeededColumn, TableRow } from './formats/format.js';
import { cellIn, firstNumericColumn } from './rows.js';
import { timeColumn, timeOf } from './times.js';

export interface ColumnOptions {
  /** The column of values; left out: the first that holds a number. */
  column?: string;
  /** The column of dates; left out: the first that holds some. */
  time?: string;
  /** The column that tells several series apart; left out: there is one. */
  key?: string;
}

/** Which columns of a table are read: those named, else the first that fit, and these from then on. */
export function createColumns({ column: named, time, key }: ColumnOptions) {
  let column = named;
  let dates = time;
  const needed: NeededColumn[] = [];
  if (named !== undefined) needed.push({ column: named, option: '--column' });
  if (time !== undefined) needed.push({ column: time, option: '--time' });
  if (key !== undefined) needed.push({ column: key, option: '--key' });
  return {
    /** What a header must have. */
    needed,
    /** '' until a row shows it. */
    get column() {
      return column ?? '';
    },
    /** '' for none. */
    get dates() {
      return dates ?? '';
    },
    /** The column of values. @throws EddyError `invalid-sample` where the row lacks it, or none holds a number. */
    find(row: TableRow): string {
      column ??= firstNumericColumn(row, [time, key]);
      cellIn(row, { column, option: '--column' });
      return column;
    },
    /** Milliseconds since 1970, NaN where there is no date. */
    momentOf({ cells }: TableRow): number {
      dates ??= timeColumn(cells, column ?? '');
      return timeOf(cells.get(dates));
    },
    snapshot: (): Snapshot => ({ column: column ?? null, dates: dates ?? null }),
    /** @throws EddyError `invalid-option` where another column is named now. */
    restore(from: Snapshot): void {
      column = goOnWith('--column', named, from.column);
      dates = goOnWith('--time', time, from.dates);
    },
  };
}
