import { EddyError } from '../core/errors.js';
import { DTYPE_BYTES } from './dtype.js';
import type { Tensor } from './safetensors.js';

/**
 * Writes a safetensors file: the header, then each tensor's bytes as they are. Wider types come first, and the data begins at a
 * multiple of 8, so that every tensor lies where a typed array may view it; tensors of one width keep their order.
 *
 *     writeSafetensors(new Map([['fc.weight', { dtype: 'F32', shape: [1, 32], bytes }]]), { format: 'pt' });
 *
 * Equal tensors and metadata in equal order give an equal file. `allocate` gives the file's memory, whatever is in it. Fails with `invalid-option` if a tensor's bytes do not fit its shape.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
  allocate = (bytes: number) => new Uint8Array(bytes),
): Uint8Array {
  const sorted = [...tensors].sort(([, a], [, b]) => DTYPE_BYTES[b.dtype] - DTYPE_BYTES[a.dtype]);
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : [];
  let length = 0;
  for (const [name, { dtype, shape, bytes }] of sorted) {
    const expected = shape.reduce((product, size) => product * size, DTYPE_BYTES[dtype]);
    if (bytes.byteLength !== expected) {
      throw new EddyError(
        'invalid-option',
        `writeSafetensors: tensor "${name}", ${dtype} [${shape}], must have ${expected} bytes, got ${bytes.byteLength}`,
      );
    }
    if (name === '__metadata__' || name === '__proto__') {
      throw new EddyError('invalid-option', `writeSafetensors: no tensor may be named "${name}"; give it another name`);
    }
    header.push([name, { dtype, shape, data_offsets: [length, length + expected] }]);
    length += expected;
  }
  // Written by hand since an object would sort keys that look like numbers to the front.
  const json = `{${header.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`).join(',')}}`;
  const text = new TextEncoder().encode(json);
  const start = 8 + Math.ceil(text.byteLength / 8) * 8;
  const file = allocate(start + length);
  new DataView(file.buffer, file.byteOffset).setBigUint64(0, BigInt(start - 8), true);
  file.fill(0x20, 8, start);
  file.set(text, 8);
  let at = start;
  for (const [, { bytes }] of sorted) {
    file.set(bytes, at);
    at += bytes.byteLength;
  }
  return file;
}
