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
