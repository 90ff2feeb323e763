/**
 * A value as error messages show it: with its type wherever the bare value would hide it, and never more than 40 characters of it.
 *
 *     showValue('24'); // the text "24"
 */
export function showValue(value: unknown): string {
  if (typeof value === 'string') return `the text ${JSON.stringify(shortened(value))}`;
  if (Array.isArray(value)) return `the list ${shortened(`[${value.map(showElement).join(', ')}]`)}`;
  if (typeof value === 'bigint') return `the bigint ${value}`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (kind === 'Object') return 'an object';
  return `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

const showElement = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : String(value));

const shortened = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
