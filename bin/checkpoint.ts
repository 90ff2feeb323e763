import { basename, dirname, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createSaver } from '../src/checkpoint/saver.js';
import { fileStore } from '../src/checkpoint/stores/file/index.js';
import { EddyError } from '../src/core/errors.js';
import { snapshotRecord } from '../src/core/snapshotRecord.js';
import type { Snapshot } from '../src/core/stage.js';
import type { Model } from '../src/nn/model/model.js';
import { warn } from './warn.js';

/** One part of a command's state. */
export interface Part {
  snapshot?(): Snapshot;
  restore?(from: Snapshot): void;
}

/** What both commands with a checkpoint take. */
export interface CheckpointOptions {
  checkpoint?: string;
  every: number;
}

/** The state that a command keeps. */
interface Kept {
  /** Of a command with one model: its weights belong to the checkpoint. */
  readonly model?: Model;
  /** The options that must stay the same. */
  readonly setup: Snapshot;
  readonly parts: { readonly [name: string]: Part };
}

/** The file store of one file, whatever its name. */
export function storeOf(file: string) {
  const path = resolve(file);
  return { store: fileStore(dirname(path), { fileName: () => basename(path) }), key: basename(path) };
}

/**
 * Counts the rows of a command's input. With a checkpoint the command is restored from it, the rows that it has seen are to be passed over, and
 * every so many rows the state is saved, once all that was written before is out: such a row is never written again.
 *
 * @throws EddyError `invalid-option` where an option has changed; `invalid-file` if the file cannot be read.
 */
export async function createRows({ checkpoint: file, every }: CheckpointOptions, kept: Kept) {
  const checkpoint = file === undefined ? undefined : await createCheckpoint(file, kept);
  const seen = checkpoint?.offset ?? 0;
  let taken = 0;
  let saved = seen;
  const save = async () => {
    if (!checkpoint || saved === taken) return;
    await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
    await checkpoint.save(taken);
    saved = taken;
  };
  return {
    /** Rows that this run has taken itself. */
    get own() {
      return Math.max(0, taken - seen);
    },
    /** Counts a row of the input; whether an earlier run has taken it. */
    wasSeen: () => ++taken <= seen,
    /** To be called after each row that was not. */
    async done(): Promise<void> {
      if (taken % every === 0) await save();
      if ((taken & 15) === 0) await checkpoint?.turn();
    },
    /** @throws EddyError `invalid-file` if the input has fewer rows than were seen. */
    async end(): Promise<void> {
      if (taken < seen) {
        throw new EddyError(
          'invalid-file',
          `the checkpoint has seen ${seen} rows, the input has ${taken}; give it the same input`,
        );
      }
      await save();
      await checkpoint?.flush();
    },
  };
}

async function createCheckpoint(file: string, { model, setup, parts }: Kept) {
  const { store, key } = storeOf(file);
  const onError = (error: unknown) => warn(error instanceof Error ? error.message : String(error));
  const { last, warnings, saver } = await createSaver(store, key, {
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

/** What a command goes on with where an option that it may find by itself was left out; null is none. @throws EddyError `invalid-option` */
export function goOnWith(option: string, given: string | undefined, kept: unknown): string | undefined {
  const before = typeof kept === 'string' ? kept : undefined;
  if (given === undefined || before === undefined || given === before) return before ?? given;
  throw new EddyError(
    'invalid-option',
    `the checkpoint is of ${option} '${before}', got '${given}'; begin another file`,
  );
}
