import { EddyError } from '../../src/core/errors.js';

/** What is wrong with a file, and what mends it. */
export const bad = (name: string, rule: string, remedy: string) =>
  new EddyError('invalid-file', `${name}: ${rule}; ${remedy}`);

export const nameAll = (columns: readonly string[]) => columns.map(quote).join(', ');

export const quote = (value: unknown) => clipped(JSON.stringify(value) ?? 'nothing');

export const clipped = (text: string, length = 60) => (text.length > length ? `${text.slice(0, length)}…` : text);
