import { crc32 } from './crc32.js';
import { invalidFile } from './invalidFile.js';

/** The last four bytes of a checkpoint: the CRC-32, little-endian, of all bytes before them. */
const LENGTH = 4;

/** Sets the file's last four bytes; returns the file. */
export function writeChecksum(file: Uint8Array): Uint8Array {
  const end = file.byteLength - LENGTH;
  new DataView(file.buffer, file.byteOffset).setUint32(end, crc32(file.subarray(0, end)), true);
  return file;
}

/** Fails with `invalid-file` unless the file's last four bytes are the checksum of the others. */
export function readChecksum(file: Uint8Array, where: string): void {
  const end = file.byteLength - LENGTH;
  if (end < 0) throw invalidFile(where, `a file has more than ${LENGTH} bytes, this one has ${file.byteLength}`);
  const written = new DataView(file.buffer, file.byteOffset + end, LENGTH).getUint32(0, true);
  const counted = crc32(file.subarray(0, end));
  if (written !== counted) {
    const hex = (value: number) => value.toString(16).padStart(8, '0');
    throw invalidFile(
      where,
      `the file is damaged, or no checkpoint: its checksum says ${hex(written)}, its bytes ${hex(counted)}; take an older one`,
    );
  }
}
