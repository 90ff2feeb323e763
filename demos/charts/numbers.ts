const plain = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
const large = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** A measured number as people read it: four digits that count, and no more. */
export function say(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && size < 1e-4) return value.toExponential(1);
  return size >= 1000 ? large.format(value) : plain.format(value);
}

/** For an axis, where room is scarce: 1.2K, 0.03, 1e-6. */
export function saySoon(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && size < 1e-3 ? value.toExponential(0) : short.format(value);
}

export const percent = (share: number): string => (Number.isFinite(share) ? `${Math.round(100 * share)}\u00a0%` : '–');

/** As exact as the span that is shown asks for. */
export function sayTime(ms: number, spanMs: number): string {
  const hours = spanMs / 3.6e6;
  const options: Intl.DateTimeFormatOptions =
    hours > 96
      ? { day: 'numeric', month: 'short' }
      : hours > 24
        ? { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }
        : hours > 0.5
          ? { hour: '2-digit', minute: '2-digit' }
          : { hour: '2-digit', minute: '2-digit', second: '2-digit' };
  return formatter(options).format(ms);
}

/** Making a formatter costs far more than using one. */
const formatters = new Map<string, Intl.DateTimeFormat>();
function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = Object.keys(options).join();
  let found = formatters.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat('en-GB', { ...options, hourCycle: 'h23' });
    formatters.set(key, found);
  }
  return found;
}
