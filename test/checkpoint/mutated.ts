import type { Random } from '../../src/core/random.js';

const NUMBERS = ['-1', '0', '1', '4294967296', '9007199254740993', '1e999', '0.5', '""', 'null', '[]', '{}'];

/** The file with one to four things wrong: bits, bytes, numbers in its text, parts cut out, doubled or moved. */
export function mutated(file: Uint8Array, { uniform }: Random): Uint8Array {
  const below = (n: number) => Math.floor(n * uniform());
  let bytes = new Uint8Array(file);
  for (let edits = 1 + below(4); edits > 0 && bytes.byteLength > 0; edits--) {
    const at = below(bytes.byteLength);
    const part = bytes.subarray(at, at + 1 + below(16));
    switch (below(8)) {
      case 0:
        bytes[at] ^= 1 << below(8);
        break;
      case 1:
        bytes[at] = below(256);
        break;
      case 2:
        bytes[at] = [0, 0x7f, 0x80, 0xff, 0x22, 0x7d][below(6)];
        break;
      case 3:
        bytes = bytes.subarray(0, at);
        break;
      case 4:
        bytes = Uint8Array.of(...bytes.subarray(0, at), ...part, ...bytes.subarray(at));
        break;
      case 5:
        bytes = Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + part.byteLength));
        break;
      case 6:
        bytes.copyWithin(below(bytes.byteLength), at, at + part.byteLength);
        break;
      default: {
        // The next number in the text.
        const begin = bytes.findIndex((byte, i) => i >= at && byte >= 0x30 && byte <= 0x39);
        if (begin < 0) break;
        let end = begin;
        while (bytes[end] >= 0x30 && bytes[end] <= 0x39) end++;
        bytes = Uint8Array.of(
          ...bytes.subarray(0, begin),
          ...new TextEncoder().encode(NUMBERS[below(NUMBERS.length)]),
          ...bytes.subarray(end),
        );
      }
    }
  }
  return new Uint8Array(bytes);
}
