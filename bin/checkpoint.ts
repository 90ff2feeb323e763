import { basename, dirname, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { openSaver } from '../src/checkpoint/saver.js';
import { fileStore } from '../src/checkpoint/stores/file.js';
import { EddyError } from '../src/errors.js';
import type { Model } from '../src/model/model.js';
import { snapshotRecord } from '../src/snapshotRecord.js';
import type { Snapshot } from '../src/stage.js';

/** One part of a command's state. */
interface Part {
  snapshot?(): Snapshot;
  restore?(from: Snapshot): void;
}

/** The file store of one file, whatever its name. */
export function storeOf(file: string) {
  const path = resolve(file);
  return { store: fileStore(dirname(path), { fileName: () => basename(path) }), key: basename(path) };
}

/**
 * Restores a command from its checkpoint, if there is one, and keeps it there from then on. `setup` are the options that must stay the same.
 *
 * @throws EddyError `invalid-option` where one has changed; `invalid-file` if the file cannot be read.
 */
export async function openCheckpoint(
  file: string,
  model: Model,
  setup: Snapshot,
  parts: { readonly [name: string]: Part },
) {
  const { store, key } = storeOf(file);
  const onError = (error: unknown) => warn(error instanceof Error ? error.message : String(error));
  const { last, warnings, saver } = await openSaver(store, key, {
    model,
    onError,
    check: ({ state }) => checkSetup(file, state, setup),
  });
  warnings.forEach(warn);
  if (last) {
    for (const [name, part] of Object.entries(parts)) part.restore?.(snapshotRecord(file, name, last.state[name]));
  }
  return {
    /** Rows that it has seen. */
    offset: last?.offset ?? 0,
    async save(offset: number): Promise<void> {
      // A checkpoint that could not be written has been warned of; one that another run has made impossible ends this one.
      await saver.flush().catch((error) => {
        if (error instanceof EddyError && error.code === 'invalid-state') throw error;
      });
      const states = Object.entries(parts).map(([name, part]) => [name, part.snapshot?.() ?? null] as const);
      saver.save(offset, { setup, ...Object.fromEntries(states) });
    },
    /** Lets the disk take its turn while a save is being written: a loop that never waits would keep it from it. */
    async turn(): Promise<void> {
      if (saver.busy) await setImmediate();
    },
    flush: () => saver.flush(),
  };
}

function checkSetup(file: string, state: Snapshot, setup: Snapshot): void {
  const begun = snapshotRecord(file, 'setup', state.setup);
  for (const [name, value] of Object.entries(setup)) {
    if (begun[name] === value) continue;
    const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new EddyError(
      'invalid-option',
      `${file} was begun with ${option} ${String(begun[name])}, got ${String(value)}; give the same, or another file`,
    );
  }
}

function warn(text: string): void {
  process.stderr.write(`eddy: ${text}\n`);
}
