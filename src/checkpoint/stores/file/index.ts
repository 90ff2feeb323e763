import * as nodeFs from 'node:fs/promises';
import { type CheckpointStore, checkGenerations, type StoreOptions } from '../../store.js';
import { asHost } from '../asHost.js';
import type { FileSystem } from './fileSystem.js';
import { Generations } from './generations.js';

export interface FileStoreOptions extends StoreOptions {
  /** The file's name for a key, without `@`. Default: the key, percent-encoded. */
  readonly fileName?: (key: string) => string;
  /** Default: node:fs/promises. */
  readonly fileSystem?: FileSystem;
}

/**
 * Keeps checkpoints as files in a folder. The newest of key `a` is the file `a`; each of the n generations also has its own name, such as
 * `a@12` for epoch 12, which costs no space: the newest is one file with two names.
 *
 * A save writes a temporary file and syncs it, links it as its generation, renames it to `a`, and syncs the folder. The link is what
 * counts: it fails if another writer has made that epoch. Whatever call the power goes after, the old or the new checkpoint can be read.
 * To begin again, call remove(), or delete `a` and every `a@…`.
 *
 *     const store = fileStore('./checkpoints', { generations: 3 });
 *
 * Fails with `invalid-option` if an option or a file's name is wrong; its methods with `host`, the system's error as cause.
 */
export function fileStore(folder: string, options: FileStoreOptions = {}): CheckpointStore {
  const generations = checkGenerations('fileStore', options.generations);
  const { fileName = encodeURIComponent, fileSystem = nodeFs } = options;
  const of = (key: string) => new Generations(fileSystem, folder, key, fileName(key));
  return {
    load: (key) => asHost('read', key, () => of(key).load()),
    save: (key, epoch, bytes) => asHost('write', key, () => of(key).save(epoch, bytes, generations)),
    remove: (key) => asHost('remove', key, () => of(key).remove()),
  };
}
