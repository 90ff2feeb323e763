import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { writeChecksum } from '../../src/checkpoint/checksum.js';
import { checkWeights } from '../../src/checkpoint/weights.js';
import { EddyError } from '../../src/core/errors.js';
import { createRandom } from '../../src/core/random.js';
import { exportGuitarml } from '../../src/interop/export/guitarml.js';
import { exportKeras } from '../../src/interop/export/keras.js';
import { exportOnnx } from '../../src/interop/export/onnx.js';
import { exportPytorch } from '../../src/interop/export/pytorch.js';
import { exportRtneural } from '../../src/interop/export/rtneural.js';
import { importTfjs } from '../../src/interop/import/tfjs.js';
import { importWeights } from '../../src/interop/importWeights.js';
import { tfjsOf } from '../interop/tfjsModel.js';
import { largestAllocation } from './allocations.js';
import { mutated } from './mutated.js';
import { dense, model, recurrent } from './randomModel.js';

// Of each kind; `MUTATIONS=100000 npx vitest run test/checkpoint/mutations.long.test.ts` makes a million of them in all.
const MUTATIONS = Number(process.env.MUTATIONS ?? 1500);
const random = createRandom(Number(process.env.SEED ?? 3));

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

const tfjs = tfjsOf(small.definition, 10_000);
const [shard] = Object.keys(tfjs.shards);
const topology = JSON.stringify(tfjs.json);

interface Kind {
  readonly file: Uint8Array;
  readonly read: (file: Uint8Array) => void;
  /** Bytes of what is read beside the file. */
  readonly beside?: number;
}
const kinds: [string, Kind][] = [
  ['checkpoints', { file: checkpoint, read: decodeCheckpoint }],
  [
    'checkpoints with the right checksum',
    { file: checkpoint, read: (file) => decodeCheckpoint(file.byteLength < 4 ? file : writeChecksum(file)) },
  ],
  ['PyTorch files', { file: exportPytorch(small), read: check }],
  ['Keras files', { file: exportKeras(small), read: check }],
  ['ONNX files', { file: exportOnnx(small), read: check }],
  ['ONNX files of PyTorch', { file: torch('torch_lstm.onnx'), read: check }],
  ['RTNeural files', { file: text(exportRtneural(small)), read: check }],
  ['GuitarML files', { file: text(exportGuitarml(small)), read: check }],
  [
    'tfjs model.json files',
    { file: text(topology), read: (file) => check(file, tfjs.shards), beside: tfjs.bytes.byteLength },
  ],
  [
    'tfjs shards',
    {
      file: tfjs.shards[shard],
      read: (file) => {
        const { definition, weights } = importTfjs(topology, { [shard]: file });
        checkWeights(definition, weights, 'test');
      },
    },
  ],
];

/** What was read is a whole model. */
function check(file: Uint8Array, shards: Record<string, Uint8Array> = {}): void {
  const { definition, weights } = importWeights(file, { shards });
  checkWeights(definition, weights, 'test');
}

const tried = { files: 0, refused: 0, slowestMs: 0 };
afterAll(() => {
  if (process.env.MUTATIONS) console.log(JSON.stringify(tried));
});

/** Reads one damaged file; returns whether it was refused, with a typed error. */
function refuses({ read, beside = 0 }: Kind, file: Uint8Array): boolean {
  let failure: unknown;
  const started = performance.now();
  const largest = largestAllocation(
    () => read(file),
    (error) => {
      failure = error;
    },
  );
  tried.files++;
  tried.slowestMs = Math.max(tried.slowestMs, Math.round(performance.now() - started));
  const asText = () => Buffer.from(file).toString('base64');
  // The small change is the arrays of a few bytes that are made of nothing, such as a checksum.
  if (largest > 2 * (file.byteLength + beside) + 64) throw new Error(`asked for ${largest} bytes: ${asText()}`);
  if (failure === undefined) return false;
  tried.refused++;
  if (failure instanceof EddyError && failure.code === 'invalid-file') return true;
  throw new Error(`gave ${failure}: ${asText()}`, { cause: failure });
}

describe.each(kinds)('damaged %s are read whole or refused with a typed error, in little memory:', (_, kind) => {
  const { file } = kind;

  test('mutated', { timeout: 3_600_000 }, () => {
    let refused = 0;
    for (let i = 0; i < MUTATIONS; i++) if (refuses(kind, mutated(file, random))) refused++;
    // A shard without its model.json is numbers alone: only its length can be wrong.
    expect(refused).toBeGreaterThan(MUTATIONS / 4);
  });

  test('every single bit flipped', { timeout: 120_000 }, () => {
    const copy = new Uint8Array(file);
    for (let bit = 0; bit < 8 * copy.byteLength; bit++) {
      copy[bit >> 3] ^= 1 << (bit & 7);
      refuses(kind, new Uint8Array(copy));
      copy[bit >> 3] ^= 1 << (bit & 7);
    }
    expect(refuses(kind, copy)).toBe(false);
  });

  test('cut off after every byte', () => {
    for (let end = 0; end < file.byteLength; end++) refuses(kind, file.slice(0, end));
    expect(refuses(kind, file.slice(0, file.byteLength >> 1))).toBe(true);
  });
});

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
