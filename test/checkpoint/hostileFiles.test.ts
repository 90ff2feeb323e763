import { PbfWriter } from 'pbf';
import { expect, test } from 'vitest';
import type { Tensor } from '../../src/checkpoint/safetensors.js';
import { writeSafetensors } from '../../src/checkpoint/writeSafetensors.js';
import { importGuitarml } from '../../src/interop/import/guitarml.js';
import { importKeras } from '../../src/interop/import/keras.js';
import { importOnnx } from '../../src/interop/import/onnx.js';
import { importPytorch } from '../../src/interop/import/pytorch.js';
import { importRtneural } from '../../src/interop/import/rtneural.js';
import { importTfjs } from '../../src/interop/import/tfjs.js';
import { type Node, onnxOf } from '../interop/onnxModel.js';
import { tfjsOf } from '../interop/tfjsModel.js';
import { largestAllocation } from './allocations.js';

/** One unit, one input. */
const ones = [1, 1, 1, 1];
const cell: Record<string, [number[], number[]]> = { W: [[1, 4, 1], ones], R: [[1, 4, 1], ones] };
const lstm: Node = { op: 'LSTM', inputs: ['x', 'W', 'R'], outputs: ['Y', 'Yh', 'Yc'] };
const matmul: Node = { op: 'MatMul', inputs: ['Y', 'V'], outputs: ['y'] };
const end: Node = { op: 'Identity', inputs: ['Y'], outputs: ['y'] };
const chain = (op: string, length: number, from: string, name: string): Node[] =>
  Array.from({ length }, (_, i) => ({
    op,
    inputs: [i === 0 ? from : `${name}${i - 1}`],
    outputs: [`${name}${i}`],
  }));

const f32 = (shape: number[], data: number[]): Tensor => ({
  dtype: 'F32',
  shape,
  bytes: new Uint8Array(Float32Array.from(data).buffer),
});
const torch = (more: [string, Tensor][]) =>
  writeSafetensors(new Map([['l.weight_ih_l0', f32([4, 1], ones)], ['l.weight_hh_l0', f32([4, 1], ones)], ...more]));
const keras = (more: [string, Tensor][]) =>
  writeSafetensors(new Map([['l/kernel', f32([1, 4], ones)], ['l/recurrent_kernel', f32([1, 4], ones)], ...more]));

const tfjs = tfjsOf({ input: 1, layers: [{ cell: 'lstm', units: 1 }] }, 10_000);
const [shard] = Object.keys(tfjs.shards);
const manifest = (paths: string[], weights = tfjs.json.weightsManifest[0].weights) =>
  JSON.stringify({ ...tfjs.json, weightsManifest: [{ paths, weights }] });

function nested(depth: number): Uint8Array {
  let inner = new Uint8Array();
  for (let i = 0; i < depth; i++) {
    const pbf = new PbfWriter();
    pbf.writeBytesField(7, inner);
    inner = new Uint8Array(pbf.finish());
  }
  return inner;
}

test.each<[string, () => unknown]>([
  [
    'an ONNX readout [0, 2^52], whose bias would be of 2^52',
    () => importOnnx(onnxOf([lstm, matmul], { ...cell, V: [[0, 2 ** 52], []] })),
  ],
  [
    'an ONNX readout [0, 1e9], whose bias would take 4 GB',
    () => importOnnx(onnxOf([lstm, matmul], { ...cell, V: [[0, 1e9], []] })),
  ],
  ['an ONNX readout of no outputs', () => importOnnx(onnxOf([lstm, matmul], { ...cell, V: [[1, 0], []] }))],
  ['an ONNX cell of no inputs', () => importOnnx(onnxOf([lstm, end], { ...cell, W: [[1, 4, 0], []] }))],
  [
    'an ONNX embedding of no symbols',
    () =>
      importOnnx(
        onnxOf([{ op: 'Gather', inputs: ['E', 'x'], outputs: ['e'] }, { ...lstm, inputs: ['e', 'W', 'R'] }, end], {
          ...cell,
          E: [[0, 1], []],
        }),
      ),
  ],
  [
    'an ONNX bias that is added to another step',
    () =>
      importOnnx(
        onnxOf([lstm, { ...matmul, outputs: ['m'] }, { op: 'Add', inputs: ['m', 'b'], outputs: ['y'] }], {
          ...cell,
          V: [
            [1, 2],
            [1, 2],
          ],
          b: [
            [2, 1],
            [1, 2],
          ],
        }),
      ),
  ],
  [
    'ONNX zeros through a hundred thousand nodes',
    () =>
      importOnnx(
        onnxOf([...chain('Identity', 100_000, 'Z', 'z'), { ...lstm, inputs: ['x', 'W', 'R', '', '', 'z99999'] }, end], {
          ...cell,
          Z: [[1], [0]],
        }),
      ),
  ],
  [
    'ten thousand ONNX layers of one tensor',
    () =>
      importOnnx(
        onnxOf(
          [
            ...Array.from(
              { length: 10_000 },
              (_, i): Node => ({ op: 'LSTM', inputs: [i === 0 ? 'x' : `y${i - 1}`, 'W', 'R'], outputs: [`y${i}`] }),
            ),
            { ...end, inputs: ['y9999'] },
          ],
          { W: [[1, 40, 10], Array(400).fill(1)], R: [[1, 40, 10], Array(400).fill(1)] },
        ),
      ),
  ],
  ['ONNX messages in messages, 2,000 deep', () => importOnnx(nested(2000))],
  ['a PyTorch readout [1e9, 0]', () => importPytorch(torch([['h.weight', f32([1e9, 0], [])]]))],
  ['a PyTorch embedding of no symbols', () => importPytorch(torch([['emb.weight', f32([0, 1], [])]]))],
  [
    '20,000 PyTorch tensors of no use',
    () => importPytorch(torch(Array.from({ length: 20_000 }, (_, i) => [`x${i}.gain`, f32([1], [1])]))),
  ],
  ['a Keras readout [0, 1e9]', () => importKeras(keras([['h/kernel', f32([0, 1e9], [])]]))],
  ['a Keras embedding of no symbols', () => importKeras(keras([['e/embeddings', f32([0, 1], [])]]))],
  ['a Keras name without an end', () => importKeras(keras([['/kernel'.repeat(20_000), f32([1], [1])]]))],
  ['a tfjs shard named a thousand times', () => importTfjs(manifest(Array(1000).fill(shard)), tfjs.shards)],
  [
    'a tfjs weight [0, 2^53 − 1]',
    () =>
      importTfjs(
        manifest([shard], [{ name: 'lstm_0/kernel', shape: [0, Number.MAX_SAFE_INTEGER], dtype: 'float32' }]),
        tfjs.shards,
      ),
  ],
  ['RTNeural JSON 100,000 deep', () => importRtneural('['.repeat(100_000))],
  ['GuitarML JSON 100,000 deep', () => importGuitarml('{"a":'.repeat(100_000))],
  ['a GuitarML weight of 1e999', () => importGuitarml('{"rec.weight_ih_l0":[[1e999]]}')],
  [
    'a GuitarML weight of 1e300, which no float32 is',
    () => importGuitarml('{"rec.weight_ih_l0":[[1e300]],"rec.weight_hh_l0":[[1]]}'),
  ],
])('refuses %s, at once and without the memory that it asks for', (_, read) => {
  let failure: unknown;
  const largest = largestAllocation(
    () => void read(),
    (error) => {
      failure = error;
    },
  );
  expect(failure).toMatchObject({ name: 'EddyError', code: 'invalid-file' });
  // The largest of these files, which the test makes itself, has some 5 MB.
  expect(largest).toBeLessThan(2e7);
});
