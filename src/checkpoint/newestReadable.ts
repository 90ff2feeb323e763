import { readEpoch } from './checkpoint.js';
import { invalidFile } from './invalidFile.js';
import type { StoredCheckpoint } from './store.js';

/** One kept checkpoint: what to call it in a warning, and its bytes. */
export interface Generation {
  readonly name: string;
  readonly read: () => Promise<Uint8Array> | Uint8Array;
}

/** The epoch of a checkpoint's bytes; undefined if they are damaged. */
export function epochOf(bytes: Uint8Array): number | undefined {
  try {
    return readEpoch(bytes);
  } catch {
    return undefined;
  }
}

/**
 * The first of `generations`, newest first, that can be read; undefined if there is none. Each damaged one before it becomes a warning.
 * Fails with `invalid-file` if every one is damaged.
 */
export async function newestReadable(
  key: string,
  generations: readonly Generation[],
): Promise<StoredCheckpoint | undefined> {
  const warnings: string[] = [];
  for (const { name, read } of generations) {
    try {
      const bytes = await read();
      return { epoch: readEpoch(bytes), bytes, warnings };
    } catch (cause) {
      warnings.push(
        `${name} cannot be read (${cause instanceof Error ? cause.message : cause}); went back to the one before`,
      );
    }
  }
  if (generations.length === 0) return undefined;
  throw invalidFile(`checkpoint "${key}"`, `none of ${generations.length} can be read: ${warnings.join('; ')}`);
}
