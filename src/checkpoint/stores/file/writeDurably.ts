import { errorCode, type FileSystem } from './fileSystem.js';

/** Writes a new file whole and has the disk keep it. Leaves nothing behind if it fails. */
export async function writeDurably(fs: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const file = await fs.open(path, 'wx');
  try {
    try {
      for (let at = 0; at < bytes.byteLength; ) {
        const { bytesWritten } = await file.write(bytes, at, bytes.byteLength - at);
        if (bytesWritten === 0) throw new Error(`no byte was written after ${at} of ${bytes.byteLength}`);
        at += bytesWritten;
      }
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await fs.unlink(path).catch(() => {});
    throw error;
  }
}

/** Codes of hosts and file systems on which a folder cannot be synced and does not need to be. */
const NO_FOLDER_SYNC = new Set(['EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Has the disk keep a folder's names: without it a rename may be lost when the power goes. */
export async function syncFolder(fs: FileSystem, folder: string): Promise<void> {
  try {
    const file = await fs.open(folder, 'r');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(errorCode(error) ?? '')) throw error;
  }
}
