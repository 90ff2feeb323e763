import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { writeChecksum } from '../../src/checkpoint/checksum.js';
import { exportGuitarml } from '../../src/checkpoint/export/guitarml.js';
import { exportKeras } from '../../src/checkpoint/export/keras.js';
import { exportOnnx } from '../../src/checkpoint/export/onnx.js';
import { exportPytorch } from '../../src/checkpoint/export/pytorch.js';
import { exportRtneural } from '../../src/checkpoint/export/rtneural.js';
import { importWeights } from '../../src/checkpoint/importWeights.js';
import { checkWeights } from '../../src/checkpoint/weights.js';
import { EddyError } from '../../src/errors.js';
import { openRandom } from '../../src/random.js';
import { dense, model, recurrent } from './randomModel.js';

// Of each kind; a million in all with MUTATIONS=130000.
const MUTATIONS = Number(process.env.MUTATIONS ?? 1500);
const random = openRandom(Number(process.env.SEED ?? 3));
const below = (n: number) => Math.floor(random.uniform() * n);

const small = model({ input: 2, layers: [recurrent('gru', 3), recurrent('gru', 3)], output: dense(1) });
const state = {
  list: Array.from({ length: 20 }, (_, i) => i / 3),
  h: Float32Array.of(1, 2),
  text: '$a',
  deep: [{ a: [-0, null] }],
};
const checkpoint = encodeCheckpoint({ epoch: 1, offset: 10, ...small, state });
const text = (json: string) => new TextEncoder().encode(json);
const torch = (file: string) =>
  new Uint8Array(readFileSync(fileURLToPath(new URL(`../golden/torch/${file}`, import.meta.url))));

const files: [string, Uint8Array, (file: Uint8Array) => void][] = [
  ['checkpoints', checkpoint, decodeCheckpoint],
  [
    'checkpoints with the right checksum',
    checkpoint,
    (file) => decodeCheckpoint(file.byteLength < 4 ? file : writeChecksum(file)),
  ],
  ['PyTorch files', exportPytorch(small), check],
  ['Keras files', exportKeras(small), check],
  ['ONNX files', exportOnnx(small), check],
  ['ONNX files of PyTorch', torch('torch_lstm.onnx'), check],
  ['RTNeural files', text(exportRtneural(small)), check],
  ['GuitarML files', text(exportGuitarml(small)), check],
];

/** What was read is a whole model. */
function check(file: Uint8Array): void {
  const { definition, weights } = importWeights(file);
  checkWeights(definition, weights, 'test');
}

const NUMBERS = ['-1', '0', '1', '4294967296', '9007199254740993', '1e999', '0.5', '""', 'null', '[]', '{}'];

/** The file with one to four things wrong: bits, bytes, numbers in its text, parts cut out, doubled or moved. */
function mutated(file: Uint8Array): Uint8Array {
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
          ...text(NUMBERS[below(NUMBERS.length)]),
          ...bytes.subarray(end),
        );
      }
    }
  }
  return new Uint8Array(bytes);
}

test.each(files)(
  'mutated %s are read whole or refused with a typed error, soon',
  (_, file, read) => {
    let refused = 0;
    let slowest = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      const bytes = mutated(file);
      const started = performance.now();
      try {
        read(bytes);
      } catch (error) {
        refused++;
        if (!(error instanceof EddyError) || error.code !== 'invalid-file') {
          throw new Error(`mutation ${i} gave ${error}: ${Buffer.from(bytes).toString('base64')}`, { cause: error });
        }
      }
      slowest = Math.max(slowest, performance.now() - started);
    }
    expect(refused).toBeGreaterThan(MUTATIONS / 4);
    expect(slowest).toBeLessThan(1000);
  },
  600_000,
);

test('reading a checkpoint takes less than twice its size in memory', () => {
  const large = encodeCheckpoint({
    epoch: 1,
    offset: 1,
    definition: null,
    weights: {},
    state: { a: new Float32Array(2 ** 20) },
  });
  const before = process.memoryUsage().arrayBuffers;
  const read = decodeCheckpoint(large);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * large.byteLength);
  expect(read.state.a).toHaveLength(2 ** 20);
});
