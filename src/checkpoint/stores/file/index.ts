import { randomUUID } from 'node:crypto';
import * as nodeFs from 'node:fs/promises';
import { join } from 'node:path';
import { EddyError } from '../../../core/errors.js';
import { epochOf, newestReadable } from '../../newestReadable.js';
import {
  type CheckpointStore,
  checkGenerations,
  type StoredCheckpoint,
  type StoreOptions,
  staleEpoch,
} from '../../store.js';
import { asHost } from '../asHost.js';
import { errorCode, type FileSystem } from './fileSystem.js';
import { syncFolder, writeDurably } from './writeDurably.js';

export interface FileStoreOptions extends StoreOptions {
  /** The file's name for a key, without `@`. Default: the key, percent-encoded. */
  readonly fileName?: (key: string) => string;
  /** Default: node:fs/promises. */
  readonly fileSystem?: FileSystem;
}

/** Codes of file systems that give a file one name only. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * Keeps checkpoints as files in a folder. The newest of key `a` is the file `a`; each of the n generations also has its own name, such as
 * `a@12` for epoch 12, which costs no space: the newest is one file with two names.
 *
 * A save writes a temporary file and syncs it, links it as its generation, renames it to `a`, and syncs the folder. The link is what
 * counts: it fails if another writer has made that epoch. Whatever call the power goes after, the old or the new checkpoint can be read.
 * To begin anew, call remove(), or delete `a` and every `a@…`.
 *
 *     const store = fileStore('./checkpoints', { generations: 3 });
 *
 * Fails with `invalid-option` if an option or a file's name is wrong; its methods with `host`, the system's error as cause.
 */
export function fileStore(folder: string, options: FileStoreOptions = {}): CheckpointStore {
  const generations = checkGenerations('fileStore', options.generations);
  const { fileName = encodeURIComponent, fileSystem: fs = nodeFs } = options;

  const pathsOf = (key: string) => {
    const name = fileName(key);
    if (/^\.{0,2}$|[@/\\\0]/.test(name)) {
      throw new EddyError('invalid-option', `fileStore: a file's name must be plain and without "@", got "${name}"`);
    }
    return { name, file: join(folder, name), generation: (epoch: number) => join(folder, `${name}@${epoch}`) };
  };

  const list = async (name: string) => {
    const names = await fs.readdir(folder).catch((error): string[] => {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    });
    const suffixes = names.filter((other) => other.startsWith(`${name}@`)).map((other) => other.slice(name.length + 1));
    const epochs = suffixes.filter((suffix) => /^\d+$/.test(suffix)).map(Number);
    return {
      hasFile: names.includes(name),
      newestFirst: epochs.sort((a, b) => b - a),
      temporaries: suffixes
        .filter((suffix) => suffix.startsWith('tmp-'))
        .map((suffix) => join(folder, `${name}@${suffix}`)),
    };
  };

  const load = async (key: string): Promise<StoredCheckpoint | undefined> => {
    const { name, file, generation } = pathsOf(key);
    const { hasFile, newestFirst } = await list(name);
    const paths = [...(hasFile ? [file] : []), ...newestFirst.map(generation)];
    let newest = await newestReadable(
      key,
      paths.map((path) => ({ name: path, read: () => fs.readFile(path) })),
    );
    if (newest === undefined) return undefined;
    if (!hasFile) newest = warned(newest, `${file} is missing; went back to ${generation(newest.epoch)}`);
    // A save that was cut off after its link is whole: it stands.
    while (newestFirst.includes(newest.epoch + 1)) {
      const path = generation(newest.epoch + 1);
      const bytes = await fs.readFile(path).catch(() => new Uint8Array());
      if (epochOf(bytes) !== newest.epoch + 1) break;
      newest = warned(
        { ...newest, epoch: newest.epoch + 1, bytes },
        `a save was cut off; took ${path}, newer than ${file}`,
      );
    }
    return newest;
  };

  const save = async (key: string, epoch: number, bytes: Uint8Array): Promise<void> => {
    const { name, file, generation } = pathsOf(key);
    const temporary = join(folder, `${name}@tmp-${randomUUID()}`);
    await fs.mkdir(folder, { recursive: true });
    const before = await list(name);
    if ((before.newestFirst[0] ?? (before.hasFile ? -1 : 0)) !== epoch - 1) {
      // The names alone do not tell: a file may be damaged, or one that someone put there.
      const newest = (await load(key))?.epoch ?? 0;
      if (newest !== epoch - 1) throw staleEpoch(key, epoch, newest);
      for (const lost of before.newestFirst.filter((other) => other >= epoch)) await fs.unlink(generation(lost));
    }
    await writeDurably(fs, temporary, bytes);
    try {
      await fs.link(temporary, generation(epoch)).catch(async (error) => {
        // The temporary file is gone, too, once another writer has made this epoch and cleaned up.
        if (errorCode(error) === 'EEXIST' || errorCode(error) === 'ENOENT') throw staleEpoch(key, epoch, epoch);
        if (!NO_LINKS.has(errorCode(error) ?? '')) throw error;
        const copy = `${temporary}-2`;
        await writeDurably(fs, copy, bytes);
        await fs.rename(copy, generation(epoch));
      });
      await fs.rename(temporary, file);
    } catch (error) {
      await fs.unlink(temporary).catch(() => {});
      throw error;
    }
    await syncFolder(fs, folder);
    // Only now may the oldest go, and what killed writers left; a file that stays is taken by a later save.
    const old = before.newestFirst.filter((other) => other <= epoch - generations).map(generation);
    await Promise.all([...old, ...before.temporaries].map((path) => fs.unlink(path).catch(() => {})));
  };

  const remove = async (key: string): Promise<void> => {
    const { name, file, generation } = pathsOf(key);
    const { hasFile, newestFirst, temporaries } = await list(name);
    for (const path of [...temporaries, ...newestFirst.map(generation), ...(hasFile ? [file] : [])])
      await fs.unlink(path);
    if (hasFile || newestFirst.length > 0) await syncFolder(fs, folder);
  };

  return {
    load: (key) => asHost('read', key, () => load(key)),
    save: (key, epoch, bytes) => asHost('write', key, () => save(key, epoch, bytes)),
    remove: (key) => asHost('remove', key, () => remove(key)),
  };
}

function warned(stored: StoredCheckpoint, warning: string): StoredCheckpoint {
  return { ...stored, warnings: [...stored.warnings, warning] };
}
