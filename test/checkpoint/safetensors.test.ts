import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toFloat32 } from '../../src/checkpoint/dtype.js';
import { readSafetensors, type Tensor } from '../../src/checkpoint/safetensors.js';
import { writeSafetensors } from '../../src/checkpoint/writeSafetensors.js';
import { EddyError } from '../../src/core/errors.js';
import { readGoldenBytes } from '../golden/golden.js';

/** A file with this header and so many data bytes, whatever the header says. */
function fileOf(header: string, dataBytes: number, length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.byteLength + dataBytes);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(text.byteLength), true);
  file.set(text, 8);
  return file;
}

const a = '"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}';

describe('a safetensors file', () => {
  test.each(['gru1_gru_pytorch', 'gru1_gru_keras', 'lstm2_lstm_pytorch', 'lstm2_lstm_keras'])(
    'of another writer (%s) is read, and written again with the same bytes in every tensor',
    (name) => {
      const read = readSafetensors(readGoldenBytes(`interop_${name}.safetensors`));
      const again = readSafetensors(writeSafetensors(read.tensors, read.metadata));
      expect(again.metadata).toEqual(read.metadata);
      expect([...again.tensors]).toEqual([...read.tensors]);
    },
  );

  test('keeps any tensors of any type, names and metadata', () => {
    const dtype = fc.constantFrom('F64', 'F32', 'F16', 'BF16', 'I64', 'I32', 'U8');
    const sizes = { F64: 8, I64: 8, F32: 4, I32: 4, F16: 2, BF16: 2, U8: 1 };
    const tensor = fc
      .record({ dtype, shape: fc.array(fc.nat(4), { maxLength: 3 }), seed: fc.nat(255) })
      .map(({ dtype, shape, seed }): Tensor => {
        const bytes = new Uint8Array(shape.reduce((x, y) => x * y, sizes[dtype]));
        return { dtype, shape, bytes: bytes.map((_, i) => seed + 7 * i) };
      });
    const name = fc.string({ unit: 'grapheme' }).filter((text) => !['__metadata__', '__proto__'].includes(text));
    const text = fc.dictionary(name, fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, tensor)), text, (entries, metadata) => {
        const tensors = new Map(entries);
        const file = writeSafetensors(tensors, metadata);
        const read = readSafetensors(file);
        expect(new Map(read.tensors)).toEqual(tensors);
        expect({ ...read.metadata }).toEqual({ ...metadata });
        expect(writeSafetensors(tensors, metadata)).toEqual(file);
      }),
    );
  });

  test('places every tensor where a typed array of its type may view it', () => {
    const tensors = new Map<string, Tensor>([
      ['u8', { dtype: 'U8', shape: [3], bytes: new Uint8Array(3) }],
      ['f32', { dtype: 'F32', shape: [1], bytes: new Uint8Array(4) }],
      ['f64', { dtype: 'F64', shape: [1], bytes: new Uint8Array(8) }],
    ]);
    for (const [name, { bytes }] of readSafetensors(writeSafetensors(tensors, { odd: 'x' })).tensors) {
      expect(bytes.byteOffset % (name === 'f64' ? 8 : name === 'f32' ? 4 : 1)).toBe(0);
    }
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['is empty', new Uint8Array(0), /at least 8 bytes/],
    ['is shorter than its length field', new Uint8Array(7), /at least 8 bytes/],
    ['has a header longer than itself', fileOf(`{${a}}`, 8, 10_000n), /header claims 10000 bytes/],
    ['has a header of 2^64 − 1 bytes', fileOf(`{${a}}`, 8, 2n ** 64n - 1n), /header claims/],
    ['has a header of 0 bytes', fileOf('', 8, 0n), /begin with/],
    ['begins its header with white space', fileOf(` {${a}}`, 8), /begin with/],
    ['is not UTF-8', fileOf('{"é":1}', 0, 4n), /not UTF-8|not JSON/],
    ['has half a header', fileOf(`{${a}`, 8), /not JSON/],
    ['has something after its header', fileOf(`{${a}}x`, 8), /expected the end/],
    ['names a tensor twice', fileOf(`{${a},${a}}`, 8), /"a" twice/],
    ['names a field twice', fileOf('{"a":{"dtype":"U8","dtype":"F32","shape":[2],"data_offsets":[0,8]}}', 8), /twice/],
    ['hides a twice-named key behind an escape', fileOf(`{${a},"\\u0061":{}}`, 8), /"a" twice/],
    ['names __proto__', fileOf('{"__proto__":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}', 0), /__proto__/],
    ['has a gap', fileOf('{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}', 8), /leaves a gap/],
    ['has bytes at the end', fileOf(`{${a}}`, 9), /1 bytes belong to no tensor/],
    ['ends too early', fileOf(`{${a}}`, 7), /outside the 7 data bytes/],
    [
      'has tensors that overlap',
      fileOf(`{${a},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12),
      /overlaps/,
    ],
    [
      'has two tensors at one place',
      fileOf(`{${a},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8),
      /overlaps/,
    ],
    ['turns its offsets around', fileOf('{"a":{"dtype":"U8","shape":[0],"data_offsets":[8,0]}}', 8), /outside/],
    ['has one offset', fileOf('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0]}}', 0), /outside/],
    ['has three offsets', fileOf('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0,0]}}', 0), /outside/],
    ['has a negative offset', fileOf('{"a":{"dtype":"U8","shape":[1],"data_offsets":[-1,0]}}', 8), /whole number/],
    ['has half an offset', fileOf('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,0.5]}}', 8), /whole number/],
    [
      'has an offset past 2^53',
      fileOf('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,9007199254740993]}}', 8),
      /whole/,
    ],
    ['has an endless number', fileOf('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1e999]}}', 8), /out of range/],
    ['has a negative size', fileOf('{"a":{"dtype":"U8","shape":[-1,-1],"data_offsets":[0,1]}}', 1), /whole number/],
    [
      'has sizes that wrap around at 2^64',
      fileOf('{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}', 0),
      /more than can be counted/,
    ],
    [
      'hides such sizes behind a 0',
      fileOf('{"a":{"dtype":"U8","shape":[9007199254740991,9007199254740991,0],"data_offsets":[0,0]}}', 0),
      /more than can/,
    ],
    [
      'has a shape of other bytes',
      fileOf('{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}', 8),
      /takes 12 bytes/,
    ],
    ['has an unknown type', fileOf('{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}', 8), /F8_E4M3/],
    [
      'has a type named like a method',
      fileOf('{"a":{"dtype":"toString","shape":[8],"data_offsets":[0,8]}}', 8),
      /toString/,
    ],
    [
      'has an unknown field',
      fileOf('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"order":"F"}}', 0),
      /unknown field/,
    ],
    ['has metadata that are no text', fileOf('{"__metadata__":{"epoch":1}}', 0), /must be a string/],
    ['is an array', fileOf('[]', 0), /begin with/],
    ['is nested without end', fileOf(`{"a":${'['.repeat(100_000)}`, 0), /nested deeper/],
  ])('is refused if it %s', (_, file, message) => {
    expect(() => readSafetensors(file)).toThrow(EddyError);
    expect(() => readSafetensors(file)).toThrow(message);
    expect(() => readSafetensors(file)).toThrow(expect.objectContaining({ code: 'invalid-file' }));
  });
});

describe('toFloat32', () => {
  test('keeps a float32 bit for bit, NaN payloads and −0 too', () => {
    const bits = Uint32Array.of(0x7fc12345, 0x80000000, 1, 0x7f7fffff);
    const floats = toFloat32('F32', new Uint8Array(bits.buffer));
    expect(new Uint32Array(floats?.buffer ?? new ArrayBuffer(0))).toEqual(bits);
  });

  test('reads the known values of IEEE binary16', () => {
    // From the table of examples in the IEEE 754-2008 article on half precision.
    const known = new Map([
      [0x0000, 0],
      [0x0001, 1 / 2 ** 24],
      [0x03ff, 1023 / 2 ** 24],
      [0x0400, 1 / 2 ** 14],
      [0x3555, 0.333251953125],
      [0x3bff, 0.99951171875],
      [0x3c00, 1],
      [0x3c01, 1.0009765625],
      [0x7bff, 65504],
      [0x7c00, Number.POSITIVE_INFINITY],
      [0x8000, -0],
      [0xc000, -2],
      [0xfc00, Number.NEGATIVE_INFINITY],
      [0x7e00, Number.NaN],
    ]);
    const bytes = new Uint8Array(Uint16Array.from(known.keys()).buffer);
    expect([...(toFloat32('F16', bytes) ?? [])]).toEqual([...known.values()]);
  });

  test('reads a bfloat16 as the upper half of a float32, and a float64 rounded', () => {
    expect([...(toFloat32('BF16', new Uint8Array(Uint16Array.of(0x3fc0, 0xff80).buffer)) ?? [])]).toEqual([
      1.5,
      -Infinity,
    ]);
    expect([...(toFloat32('F64', new Uint8Array(Float64Array.of(0.1).buffer)) ?? [])]).toEqual([Math.fround(0.1)]);
  });
});
