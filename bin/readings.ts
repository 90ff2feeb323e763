import { EddyError } from '../src/core/errors.js';
import type { Snapshot } from '../src/core/stage.js';
import { type ColumnOptions, createColumns } from './columns.js';
import { counted } from './counted.js';
import type { BadRow, TableRow } from './formats/format.js';
import { cellIn, numberIn, orPassOver } from './rows.js';
import { warn } from './warn.js';

/** A row as the detector takes it. */
export interface Reading {
  /** Which of several series it is of, '' where there is one. */
  key: string;
  /** null where it is missing. */
  value: number | null;
  /** Milliseconds since 1970, NaN where there is no date. */
  time: number;
}

export interface ReadingOptions extends ColumnOptions {
  onInvalid: 'error' | 'skip';
}

const GAP = /^\s*(na|n\/a|nan|null|none|\?|-)?\s*$/i;

/** Reads what is watched of a table's rows. A missing value is a gap; under `skip` a bad one is too, and a row that cannot be read is left out. */
export function createReadings({ onInvalid, ...options }: ReadingOptions) {
  const { time, key } = options;
  const columns = createColumns(options);
  let good = 0;
  let bad = 0;
  let leftOut = 0;
  let isTold = false;
  let firstBad: EddyError | undefined;

  const orElse = <T>(take: () => T, passedOver: () => T): T => {
    try {
      return take();
    } catch (error) {
      if (!(error instanceof EddyError)) throw error;
      if (onInvalid === 'error') throw orPassOver(error, 'skip');
      firstBad ??= error;
      return passedOver();
    }
  };
  const keyIn = (row: TableRow | BadRow): string => {
    if (row instanceof EddyError) throw row;
    return key === undefined ? '' : String(cellIn(row, { column: key, option: '--key' }));
  };
  const valueIn = (row: TableRow): number | null => {
    const column = columns.find(row);
    const cell = row.cells.get(column);
    const isGap = cell === null || (typeof cell === 'string' && GAP.test(cell));
    const value = isGap ? null : numberIn(row, column);
    good++;
    return value;
  };
  const timeIn = (row: TableRow): number => {
    const moment = columns.momentOf(row);
    if (time !== undefined && Number.isNaN(moment) && !isTold) {
      isTold = true;
      warn(
        `row ${row.number} must have a date in column '${time}', got ${JSON.stringify(row.cells.get(time)) ?? 'nothing'}; it counts as one step after the row before: write 2024-02-01 10:00, or seconds or milliseconds since 1970`,
      );
    }
    return moment;
  };

  return {
    columns,
    /** undefined: the row is left out. @throws EddyError `invalid-sample`, `invalid-file` under `error`. */
    read(row: TableRow | BadRow): Reading | undefined {
      const key = orElse<string | undefined>(
        () => keyIn(row),
        () => undefined,
      );
      if (key === undefined || row instanceof EddyError) {
        leftOut++;
        return undefined;
      }
      const value = orElse(
        () => valueIn(row),
        () => {
          bad++;
          return null;
        },
      );
      return { key, value, time: timeIn(row) };
    },
    /** What was passed over, in words; '' for nothing. @throws EddyError the first bad row's, where no row was good. */
    end(): string {
      if (firstBad && good === 0) throw firstBad;
      return (
        (bad > 0 ? `, ${counted(bad, 'bad value')} taken as gaps` : '') +
        (leftOut > 0 ? `, ${counted(leftOut, 'bad row')} left out` : '')
      );
    },
    snapshot: (): Snapshot => ({ ...columns.snapshot(), good, bad, leftOut }),
    restore(from: Snapshot): void {
      columns.restore(from);
      good = Number(from.good);
      bad = Number(from.bad);
      leftOut = Number(from.leftOut);
    },
  };
}
