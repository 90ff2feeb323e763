import { deepStrictEqual } from 'node:assert';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint, readEpoch } from '../../src/checkpoint/checkpoint.js';
import { writeChecksum } from '../../src/checkpoint/checksum.js';
import { crc32 } from '../../src/checkpoint/crc32.js';
import { type CheckpointParts, type Migration, migrate } from '../../src/checkpoint/migrate.js';
import { readSafetensors, type Tensor } from '../../src/checkpoint/safetensors.js';
import { writeSafetensors } from '../../src/checkpoint/writeSafetensors.js';
import { EddyError } from '../../src/core/errors.js';
import { createRandom } from '../../src/core/random.js';
import type { SnapshotValue } from '../../src/core/stage.js';
import { dense, model, recurrent } from './randomModel.js';

vi.setConfig({ testTimeout: 30_000 });

const { definition, weights } = model({
  input: 2,
  layers: [recurrent('gru', 3), recurrent('lstm', 2)],
  output: dense(1),
});
const small: Checkpoint = {
  epoch: 3,
  offset: 3000,
  definition,
  weights,
  state: { h: Float32Array.of(0.5, -0, Number.NaN), scale: { mean: 0.1, count: 12 }, ids: ['a', '$x'], last: null },
};

/** The file with its checksum made right again, so that what is tested lies behind it. */
const sealed = (file: Uint8Array) => writeChecksum(file);
const invalidFile = expect.objectContaining({ name: 'EddyError', code: 'invalid-file' });

describe('a checkpoint', () => {
  test('comes back bit for bit: every float64, −0, NaN and the infinities, strings of any kind', () => {
    const number = fc.oneof(
      fc.double(),
      fc.constantFrom(-0, 0, Number.NaN, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE, 2 ** 53 + 2),
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('$', '$$', '$NaN', '$f32', '\u2028', '\\', '"'),
    );
    const leaf: fc.Arbitrary<SnapshotValue> = fc.oneof(
      number,
      text,
      fc.boolean(),
      fc.constant(null),
      fc.float32Array(),
      fc.float64Array(),
      fc.array(number, { maxLength: 40 }),
    );
    const name = fc
      .oneof(text, fc.constantFrom('a/b', 'a~1b', 'constructor', 'length', '0'))
      .filter((key) => key !== '__proto__');
    const { value } = fc.letrec<{ value: SnapshotValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(name, value, { noNullPrototype: true }), fc.nat(), (state, offset) => {
        const file = encodeCheckpoint({ epoch: 1, offset, definition: null, weights: {}, state });
        const read = decodeCheckpoint(file);
        // Distinguishes −0 from 0, and does not mind a field named `constructor`.
        deepStrictEqual(read.state, state);
        expect(read.offset).toBe(offset);
        expect(encodeCheckpoint(read)).toEqual(file);
      }),
      { numRuns: 150 },
    );
  });

  test('keeps the bits of a NaN in a typed array', () => {
    const bits = new Uint32Array([0x7fc00001, 0xffc12345]);
    const state = { a: new Float32Array(bits.buffer) };
    const read = decodeCheckpoint(encodeCheckpoint({ ...small, state })).state.a;
    expect(read instanceof Float32Array && new Uint32Array(read.buffer)).toEqual(bits);
  });

  test('copies what it reads: the file may change afterwards', () => {
    const file = encodeCheckpoint(small);
    const read = decodeCheckpoint(file);
    file.fill(0);
    expect(read).toEqual(small);
  });

  test('is read from any place in a buffer, a Node Buffer too', () => {
    const file = encodeCheckpoint(small);
    for (const shift of [1, 2, 3, 5, 8]) {
      const buffer = Buffer.alloc(file.byteLength + shift);
      buffer.set(file, shift);
      expect(decodeCheckpoint(buffer.subarray(shift))).toEqual(small);
    }
  });

  test('is a safetensors file in which any reader finds the model', () => {
    const { tensors, metadata } = readSafetensors(encodeCheckpoint(small));
    expect(metadata).toEqual({ format: 'eddy', schema: '1', epoch: '3', offset: '3000' });
    expect([...tensors.keys()]).toEqual([...Object.keys(weights), 'state/h', 'record', 'checksum']);
    for (const [name, { shape, data }] of Object.entries(weights)) {
      expect(tensors.get(name)).toEqual({ dtype: 'F32', shape, bytes: new Uint8Array(data.buffer) });
    }
  });

  test('has its epoch in the header', () => expect(readEpoch(encodeCheckpoint(small))).toBe(3));

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['a function', () => 0],
    ['a bigint', 1n],
    ['a Map', new Map()],
    ['a Date', new Date(0)],
    ['an Int32Array', new Int32Array(1)],
    ['a hole', new Array(1)],
    ['a long row with a hole', new Array(100)],
  ])('refuses %s in a snapshot', (_, value) => {
    const state = JSON.parse('{"deep":[{}]}');
    state.deep[0].value = value;
    expect(() => encodeCheckpoint({ ...small, state })).toThrow(
      expect.objectContaining({ code: 'invalid-state', message: expect.stringContaining('state/deep/0/value') }),
    );
  });

  test('refuses a snapshot that contains itself', () => {
    const state: { [name: string]: SnapshotValue } = {};
    state.self = state;
    expect(() => encodeCheckpoint({ ...small, state })).toThrow(expect.objectContaining({ code: 'invalid-state' }));
  });
});

describe('a damaged checkpoint', () => {
  test('is refused whichever single bit has flipped', () => {
    const file = encodeCheckpoint({ ...small, definition: null, weights: {} });
    for (let bit = 0; bit < 8 * file.byteLength; bit++) {
      file[bit >> 3] ^= 1 << (bit & 7);
      expect(() => decodeCheckpoint(file)).toThrow(invalidFile);
      file[bit >> 3] ^= 1 << (bit & 7);
    }
    expect(decodeCheckpoint(file).offset).toBe(3000);
  });

  test('is refused wherever it was cut off, and with anything after it', () => {
    const file = encodeCheckpoint(small);
    for (let end = 0; end < file.byteLength; end++) {
      expect(() => decodeCheckpoint(file.subarray(0, end))).toThrow(invalidFile);
    }
    expect(() => decodeCheckpoint(Uint8Array.of(...file, 0))).toThrow(invalidFile);
  });

  test('whose checksum is right all the same is read whole or refused with a typed error', () => {
    const random = createRandom(11);
    const file = encodeCheckpoint(small);
    let refused = 0;
    for (let i = 0; i < 5000; i++) {
      const mutated = new Uint8Array(file);
      for (let edits = 1 + Math.floor(3 * random.uniform()); edits > 0; edits--) {
        mutated[Math.floor(random.uniform() * (file.byteLength - 4))] = Math.floor(256 * random.uniform());
      }
      try {
        const { definition: found, weights: read } = decodeCheckpoint(sealed(mutated));
        expect(Object.keys(read)).toHaveLength(found === null ? 0 : 10);
      } catch (error) {
        expect(error).toBeInstanceOf(EddyError);
        expect(error).toEqual(invalidFile);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });

  const edited = (edit: (tensors: Map<string, Tensor>, metadata: { [name: string]: string }) => void) => {
    const { tensors, metadata } = readSafetensors(encodeCheckpoint(small));
    const [copy, text] = [new Map(tensors), { ...metadata }];
    edit(copy, text);
    const checksum = copy.get('checksum');
    copy.delete('checksum');
    if (checksum) copy.set('checksum', checksum);
    return sealed(writeSafetensors(copy, text));
  };
  const record = (json: string): Tensor => {
    const bytes = new TextEncoder().encode(json);
    return { dtype: 'U8', shape: [bytes.byteLength], bytes };
  };
  const empty: Tensor = { dtype: 'F32', shape: [0], bytes: new Uint8Array() };

  test.each<[string, Uint8Array, RegExp]>([
    ['of a newer schema', edited((_, about) => Object.assign(about, { schema: '2' })), /schema 2.*update rx-eddy/],
    ['of schema 0', edited((_, about) => Object.assign(about, { schema: '0' })), /schema 0/],
    ['without a schema', edited((_, about) => delete about.schema), /schema must be/],
    ['with half an epoch', edited((_, about) => Object.assign(about, { epoch: '1.5' })), /epoch must be/],
    [
      'with an offset past 2^53',
      edited((_, about) => Object.assign(about, { offset: '9999999999999999' })),
      /offset must/,
    ],
    ['of another program', edited((_, about) => Object.assign(about, { format: 'pt' })), /no checkpoint of eddy/],
    ['without its record', edited((tensors) => tensors.delete('record')), /lacks its record/],
    ['without its checksum', edited((tensors) => tensors.delete('checksum')), /lacks its record or its checksum/],
    ['without one weight', edited((tensors) => tensors.delete('layers.1.bias_hh')), /no weight "layers.1.bias_hh"/],
    ['with one weight too many', edited((tensors) => tensors.set('layers.2.bias_hh', empty)), /no place for/],
    [
      'with a weight of another shape',
      edited((tensors) => tensors.set('output.bias', empty)),
      /"output.bias" as \[0\]/,
    ],
    ['without a state tensor', edited((tensors) => tensors.delete('state/h')), /state\/h/],
    ['with a state tensor too many', edited((tensors) => tensors.set('state/k', empty)), /state\/k/],
    [
      'with an unknown mark',
      edited((tensors) => tensors.set('record', record('{"definition":null,"state":{"h":"$f16"}}'))),
      /\$f16/,
    ],
    [
      'with a definition of no cell',
      edited((tensors) =>
        tensors.set(
          'record',
          record('{"definition":{"input":2,"layers":[{"cell":"mlp","units":3}]},"state":{"h":"$f32"}}'),
        ),
      ),
      /"mlp"/,
    ],
    [
      'with an option it does not know',
      edited((tensors) =>
        tensors.set(
          'record',
          record(
            '{"definition":{"input":2,"layers":[{"cell":"lstm","units":3,"peepholes":true}]},"state":{"h":"$f32"}}',
          ),
        ),
      ),
      /peepholes/,
    ],
    [
      'with a state that is no record',
      edited((tensors) => tensors.set('record', record('{"definition":null,"state":"$f32"}'))),
      /state/,
    ],
    [
      'with another part',
      edited((tensors) => tensors.set('record', record('{"definition":null,"state":{"h":"$f32"},"more":1}'))),
      /more/,
    ],
    [
      'whose record is not UTF-8',
      edited((tensors) => tensors.set('record', { dtype: 'U8', shape: [1], bytes: Uint8Array.of(255) })),
      /UTF-8/,
    ],
  ])('%s is refused', (_, file, message) => {
    expect(() => decodeCheckpoint(file)).toThrow(invalidFile);
    expect(() => decodeCheckpoint(file)).toThrow(message);
  });
});

describe('migrate', () => {
  const parts: CheckpointParts = { record: { steps: 1 }, states: new Map(), weights: new Map() };
  const migrations = new Map<number, Migration>([
    [1, (old) => ({ ...old, record: { ...old.record, two: true } })],
    [2, (old) => ({ ...old, record: { three: Object.keys(old.record) } })],
  ]);

  test('takes an old checkpoint through every version in between, in order', () => {
    expect(migrate(parts, 1, 3, migrations).record).toEqual({ three: ['steps', 'two'] });
    expect(migrate(parts, 2, 3, migrations).record).toEqual({ three: ['steps'] });
    expect(migrate(parts, 3, 3, migrations)).toBe(parts);
  });

  test('refuses a version with no way up, and a newer one', () => {
    expect(() => migrate(parts, 0, 3, migrations)).toThrow(invalidFile);
    expect(() => migrate(parts, 4, 3, migrations)).toThrow(invalidFile);
  });
});

describe('crc32', () => {
  test('gives the check values of the catalogue of parametrised CRC algorithms', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array())).toBe(0);
  });

  test('is the bitwise definition, from any address and of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(7), (bytes, skip) => {
        const view = bytes.subarray(Math.min(skip, bytes.length));
        let crc = 0xffffffff;
        for (const byte of view) {
          crc ^= byte;
          for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
        }
        expect(crc32(view)).toBe(~crc >>> 0);
      }),
    );
  });
});
