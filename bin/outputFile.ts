import { open, writeFile } from 'node:fs/promises';
import { EddyError } from '../src/core/errors.js';

/**
 * The file that an option names, to be written in the end; undefined where it is left out. A path that cannot be written fails
 * here, before the work.
 *
 * @throws EddyError `invalid-file`
 */
export async function openOutput(option: string, file: string | undefined) {
  if (file === undefined) return undefined;
  const refuse = (cause: unknown): never => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EddyError('invalid-file', `${option} must name a file that can be written, got ${why}; check the path`, {
      cause,
    });
  };
  await open(file, 'a').then((handle) => handle.close(), refuse);
  return { write: (text: string): Promise<void> => writeFile(file, text).catch(refuse) };
}
