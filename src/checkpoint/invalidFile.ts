import { EddyError } from '../core/errors.js';

/** The error of every file that cannot be read: which file or part, and what is wrong with it. */
export function invalidFile(where: string, what: string, cause?: unknown): EddyError {
  return new EddyError('invalid-file', `${where}: ${what}`, cause === undefined ? undefined : { cause });
}
