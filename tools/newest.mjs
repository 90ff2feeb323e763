import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * When the newest of these files, and of all in these folders, was written, in milliseconds; 0 where there is none.
 *
 * @param {readonly string[]} paths
 * @returns {number}
 */
export function newest(paths) {
  const times = paths.map((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return 0;
    return found.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : found.mtimeMs;
  });
  return Math.max(0, ...times);
}
