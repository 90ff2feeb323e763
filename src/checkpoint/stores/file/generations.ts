import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { EddyError } from '../../../core/errors.js';
import { epochOf, newestReadable } from '../../newestReadable.js';
import { type StoredCheckpoint, staleEpoch } from '../../store.js';
import { errorCode, type FileSystem } from './fileSystem.js';
import { syncFolder, writeDurably } from './writeDurably.js';

/** Codes of file systems that give a file one name only. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** The checkpoints of one key in a folder: the file of its name, and a file for each generation. */
export class Generations {
  readonly #file: string;

  /** @throws EddyError `invalid-option` on a name that is not a plain one. */
  constructor(
    private readonly fs: FileSystem,
    private readonly folder: string,
    private readonly key: string,
    private readonly name: string,
  ) {
    if (/^\.{0,2}$|[@/\\\0]/.test(name)) {
      throw new EddyError('invalid-option', `fileStore: a file's name must be plain and without "@", got "${name}"`);
    }
    this.#file = join(folder, name);
  }

  async load(): Promise<StoredCheckpoint | undefined> {
    const { hasFile, newestFirst } = await this.#list();
    const paths = [...(hasFile ? [this.#file] : []), ...newestFirst.map((epoch) => this.#path(epoch))];
    let newest = await newestReadable(
      this.key,
      paths.map((path) => ({ name: path, read: () => this.fs.readFile(path) })),
    );
    if (newest === undefined) return undefined;
    if (!hasFile) newest = warned(newest, `${this.#file} is missing; went back to ${this.#path(newest.epoch)}`);
    // A save that was cut off after its link is whole: it stands.
    while (newestFirst.includes(newest.epoch + 1)) {
      const epoch: number = newest.epoch + 1;
      const path = this.#path(epoch);
      const bytes = await this.fs.readFile(path).catch(() => new Uint8Array());
      if (epochOf(bytes) !== epoch) break;
      newest = warned({ ...newest, epoch, bytes }, `a save was cut off; took ${path}, newer than ${this.#file}`);
    }
    return newest;
  }

  async save(epoch: number, bytes: Uint8Array, generations: number): Promise<void> {
    const { fs } = this;
    const temporary = join(this.folder, `${this.name}@tmp-${randomUUID()}`);
    await fs.mkdir(this.folder, { recursive: true });
    const before = await this.#list();
    if ((before.newestFirst[0] ?? (before.hasFile ? -1 : 0)) !== epoch - 1) {
      // The names alone do not tell: a file may be damaged, or one that someone put there.
      const newest = (await this.load())?.epoch ?? 0;
      if (newest !== epoch - 1) throw staleEpoch(this.key, epoch, newest);
      for (const lost of before.newestFirst.filter((other) => other >= epoch)) await fs.unlink(this.#path(lost));
    }
    await writeDurably(fs, temporary, bytes);
    try {
      await this.#link(temporary, epoch, bytes);
      await fs.rename(temporary, this.#file);
    } catch (error) {
      await fs.unlink(temporary).catch(() => {});
      throw error;
    }
    await syncFolder(fs, this.folder);
    // Only now may the oldest go, and what killed writers left; a file that stays is taken by a later save.
    const old = before.newestFirst.filter((other) => other <= epoch - generations).map((other) => this.#path(other));
    await Promise.all([...old, ...before.temporaries].map((path) => fs.unlink(path).catch(() => {})));
  }

  async remove(): Promise<void> {
    const { hasFile, newestFirst, temporaries } = await this.#list();
    const generations = newestFirst.map((epoch) => this.#path(epoch));
    for (const path of [...temporaries, ...generations, ...(hasFile ? [this.#file] : [])]) await this.fs.unlink(path);
    if (hasFile || newestFirst.length > 0) await syncFolder(this.fs, this.folder);
  }

  #path(epoch: number): string {
    return join(this.folder, `${this.name}@${epoch}`);
  }

  /** Gives the written file its generation's name; fails where another writer has made that epoch. */
  async #link(temporary: string, epoch: number, bytes: Uint8Array): Promise<void> {
    const { fs } = this;
    await fs.link(temporary, this.#path(epoch)).catch(async (error) => {
      // The temporary file is gone, too, once another writer has made this epoch and cleaned up.
      if (errorCode(error) === 'EEXIST' || errorCode(error) === 'ENOENT') throw staleEpoch(this.key, epoch, epoch);
      if (!NO_LINKS.has(errorCode(error) ?? '')) throw error;
      const copy = `${temporary}-2`;
      await writeDurably(fs, copy, bytes);
      await fs.rename(copy, this.#path(epoch));
    });
  }

  async #list() {
    const names = await this.fs.readdir(this.folder).catch((error): string[] => {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    });
    const mine = names.filter((other) => other.startsWith(`${this.name}@`));
    const suffixes = mine.map((other) => other.slice(this.name.length + 1));
    const epochs = suffixes.filter((suffix) => /^\d+$/.test(suffix)).map(Number);
    return {
      hasFile: names.includes(this.name),
      newestFirst: epochs.sort((a, b) => b - a),
      temporaries: suffixes
        .filter((suffix) => suffix.startsWith('tmp-'))
        .map((suffix) => join(this.folder, `${this.name}@${suffix}`)),
    };
  }
}

function warned(stored: StoredCheckpoint, warning: string): StoredCheckpoint {
  return { ...stored, warnings: [...stored.warnings, warning] };
}
