import { basename, dirname } from 'node:path';
import type { FileSystem, OpenFile } from '../../src/checkpoint/stores/file/fileSystem.js';

/** A file's bytes as programs see them, and as the disk has them since the last sync. */
interface Inode {
  bytes: Uint8Array;
  synced: Uint8Array;
}
type Names = ReadonlyMap<string, Inode>;

/** What happens at one call: a system error, a write of fewer bytes, the power going; or from it on: no space for more than half a write. */
export type Fault = { readonly at: number; readonly kind: 'ENOSPC' | 'EIO' | 'short write' | 'full' | 'power cut' };

class PowerCut extends Error {}
class SystemError extends Error {
  constructor(readonly code: string) {
    super(`${code}: injected`);
  }
}

/**
 * A disk in memory with one folder that forgets, when the power goes, what nobody synced: a file's bytes without its own sync, names
 * without the folder's. It may have kept any number of the later changes, in order, or none: `afterPowerCut` gives every such disk.
 */
export class CrashingDisk implements FileSystem {
  calls = 0;
  fault: Fault | undefined;
  /** The folder's names after each change since its last sync; the first is what the disk surely has. */
  private history: Names[] = [new Map()];
  private readonly open_ = { files: 0 };

  get openFiles(): number {
    return this.open_.files;
  }

  private get names(): Names {
    return this.history[this.history.length - 1];
  }

  private change(edit: (names: Map<string, Inode>) => void): void {
    const names = new Map(this.names);
    edit(names);
    this.history.push(names);
  }

  private call(): void {
    this.calls++;
    const { kind = undefined, at = 0 } = this.fault ?? {};
    // Once the power is gone, nothing that was to clean up comes through either.
    if (kind === 'power cut' && this.calls >= at) throw new PowerCut('the power is gone');
    if ((kind === 'ENOSPC' || kind === 'EIO') && this.calls === at) throw new SystemError(kind);
  }

  /** Every state that the disk may be in once the power is back: with more or fewer of the names, with or without unsynced bytes. */
  afterPowerCut(): CrashingDisk[] {
    return this.history.flatMap((names) =>
      (['kept', 'lost', 'half'] as const).map((unsynced) => {
        const disk = new CrashingDisk();
        const inodes = new Map<Inode, Inode>();
        const bytesOf = ({ bytes, synced }: Inode) => {
          if (unsynced === 'kept') return bytes;
          return unsynced === 'lost' ? synced : bytes.subarray(0, Math.max(synced.byteLength, bytes.byteLength >> 1));
        };
        const settled = new Map<string, Inode>();
        for (const [name, inode] of names) {
          const bytes = new Uint8Array(bytesOf(inode));
          const copy = inodes.get(inode) ?? { bytes, synced: bytes };
          inodes.set(inode, copy);
          settled.set(name, copy);
        }
        disk.history = [settled];
        return disk;
      }),
    );
  }

  list(): string[] {
    return [...this.names.keys()].sort();
  }

  /** Flips a bit of a file, under every name that it has. */
  damage(name: string): void {
    const inode = this.find(name);
    inode.bytes[inode.bytes.byteLength >> 1] ^= 4;
    inode.synced = inode.bytes;
  }

  private find(path: string): Inode {
    const inode = this.names.get(basename(path));
    if (inode === undefined) throw new SystemError('ENOENT');
    return inode;
  }

  async mkdir(): Promise<void> {
    this.call();
  }
  async readdir(): Promise<string[]> {
    this.call();
    return this.list();
  }
  async readFile(path: string): Promise<Uint8Array> {
    this.call();
    return new Uint8Array(this.find(path).bytes);
  }
  async link(existing: string, path: string): Promise<void> {
    this.call();
    const inode = this.find(existing);
    if (this.names.has(basename(path))) throw new SystemError('EEXIST');
    this.change((names) => names.set(basename(path), inode));
  }
  async rename(from: string, to: string): Promise<void> {
    this.call();
    const inode = this.find(from);
    this.change((names) => {
      names.delete(basename(from));
      names.set(basename(to), inode);
    });
  }
  async unlink(path: string): Promise<void> {
    this.call();
    this.find(path);
    this.change((names) => names.delete(basename(path)));
  }
  async open(path: string, flags: 'wx' | 'r'): Promise<OpenFile> {
    this.call();
    this.open_.files++;
    const isFolder = flags === 'r';
    const inode: Inode = { bytes: new Uint8Array(), synced: new Uint8Array() };
    if (!isFolder) {
      if (this.names.has(basename(path)) || dirname(path) === path) throw new SystemError('EEXIST');
      this.change((names) => names.set(basename(path), inode));
    }
    return {
      write: async (bytes, offset, length) => {
        this.call();
        const { kind = undefined, at = 0 } =
          this.calls >= (this.fault?.at ?? Number.POSITIVE_INFINITY) ? (this.fault ?? {}) : {};
        // A disk that is full takes what still goes in, and says so at the next write.
        if (kind === 'full' && this.calls > at && offset > 0) throw new SystemError('ENOSPC');
        const written = kind === 'short write' || kind === 'full' ? Math.ceil(length / 3) : length;
        inode.bytes = Uint8Array.of(...inode.bytes, ...bytes.subarray(offset, offset + written));
        return { bytesWritten: written };
      },
      sync: async () => {
        this.call();
        if (isFolder) this.history = [this.names];
        else inode.synced = inode.bytes;
      },
      close: async () => {
        this.open_.files--;
        this.call();
      },
    };
  }
}
