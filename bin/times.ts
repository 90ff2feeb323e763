const DATE = /^(\d{4})-(\d\d?)(?:-(\d\d?))?(?:[T ](\d\d?):(\d\d)(?::(\d\d(?:\.\d+)?))?)?(Z|[+-]\d\d:?\d\d)?$/;
const EPOCH = /^\d{9,13}(\.\d+)?$/;
const NAMED_LIKE_TIME = /time|date|epoch|^(at|t|ts|when)$/i;

/** The first column but `column` that holds a time; the empty name when none does. */
export const timeColumn = (cells: ReadonlyMap<string, unknown>, column: string): string =>
  [...cells].find(([name, cell]) => name !== column && isTime(name, cell))?.[0] ?? '';

/** Whether a column that nobody has named as the time is one: it holds a date, or is named like a time and holds an epoch. */
export const isTime = (column: string, cell: unknown): boolean =>
  !Number.isNaN(timeOf(cell)) && (NAMED_LIKE_TIME.test(column) || !EPOCH.test(textOf(cell)));

/** Milliseconds of a date without a zone (UTC) or with one, or of an epoch's seconds or milliseconds; NaN of anything else. */
export function timeOf(cell: unknown): number {
  const text = textOf(cell);
  const date = DATE.exec(text);
  if (date) {
    const [, year, month, day = '1', hour = '0', minute = '0', second = '0', zone = 'Z'] = date;
    const utc = Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour),
      Number(minute),
      0,
      Number(second) * 1000,
    );
    return utc - offsetOf(zone);
  }
  if (!EPOCH.test(text)) return Number.NaN;
  return Number(text) * (Number(text) < 1e11 ? 1000 : 1);
}

function offsetOf(zone: string): number {
  const parts = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  return parts ? (parts[1] === '-' ? -1 : 1) * (Number(parts[2]) * 60 + Number(parts[3])) * 60_000 : 0;
}

const textOf = (cell: unknown) => String(cell ?? '').trim();
