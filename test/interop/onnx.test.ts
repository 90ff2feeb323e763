import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import type { LayerDefinition, ModelDefinition } from '../../src/checkpoint/definition.js';
import { createRandom } from '../../src/core/random.js';
import { exportOnnx } from '../../src/interop/export/onnx.js';
import { importOnnx } from '../../src/interop/import/onnx.js';
import { importWeights } from '../../src/interop/importWeights.js';
import { dense, model, randomSequence, recurrent } from '../checkpoint/randomModel.js';
import { forward } from './forward.js';
import { type Attribute, type Node, onnxOf } from './onnxModel.js';

/** What onnxruntime computes for one row of a sequence from the state zero. */
async function runOnnx(file: Uint8Array, x: number[][], symbols = false): Promise<number[]> {
  const session = await InferenceSession.create(file, { logSeverityLevel: 3 });
  const input = symbols
    ? new Tensor('int64', BigInt64Array.from(x.flat(), BigInt), [x.length, 1])
    : new Tensor('float32', Float32Array.from(x.flat()), [x.length, 1, x[0].length]);
  const { y } = await session.run({ [session.inputNames[0]]: input });
  return Array.from(y.data, Number);
}

const layers: [string, LayerDefinition][] = [
  ['LSTM', recurrent('lstm', 5)],
  ['GRU, linear_before_reset 1', recurrent('gru', 5)],
  ['GRU, linear_before_reset 0', recurrent('gru', 5, { resetAfter: false })],
  ['RNN, tanh', recurrent('rnn', 5)],
  ['RNN, relu', recurrent('rnn', 5, { activation: 'relu' })],
  ['RNN, sigmoid', recurrent('rnn', 5, { activation: 'sigmoid' })],
];

describe('an ONNX file', () => {
  test.each(layers)(
    'of %s computes in onnxruntime what the references compute, and reads back bit for bit',
    async (_, layer) => {
      const random = createRandom(5);
      for (let seed = 0; seed < 8; seed++) {
        const input = 1 + Math.floor(4 * random.uniform());
        const outputs = 1 + Math.floor(3 * random.uniform());
        const stack = seed % 2 ? [layer, recurrent('lstm', 3)] : [layer];
        const definition: ModelDefinition = {
          input,
          layers: stack,
          ...(seed % 4 === 3 ? {} : { output: dense(outputs) }),
        };
        const random_ = model(definition, seed);
        const x = randomSequence(20, input, seed);
        const file = exportOnnx(random_);
        const expected = forward(random_, x).flat();
        const computed = await runOnnx(file, x);
        expect(computed).toHaveLength(expected.length);
        computed.forEach((y, i) => {
          expect(Math.abs(y - expected[i])).toBeLessThan(1e-5);
        });
        expect(importWeights(file)).toEqual({ format: 'onnx', ...random_ });
      }
    },
  );

  test.each(['sigmoid', 'softmax'] as const)('keeps the readout’s %s', async (activation) => {
    const definition: ModelDefinition = {
      input: 2,
      layers: [recurrent('gru', 4)],
      output: { ...dense(3), activation },
    };
    const random = model(definition);
    const x = randomSequence(10, 2, 1);
    const file = exportOnnx(random);
    const expected = forward(random, x).flat();
    (await runOnnx(file, x)).forEach((y, i) => {
      expect(Math.abs(y - expected[i])).toBeLessThan(1e-5);
    });
    expect(importOnnx(file)).toEqual(random);
  });

  test('keeps an embedding', async () => {
    const definition: ModelDefinition = {
      input: 1,
      layers: [{ cell: 'embedding', symbols: 9, width: 4 }, recurrent('lstm', 3)],
      output: dense(9),
    };
    const random = model(definition);
    const x = Array.from({ length: 12 }, (_, t) => [(5 * t) % 9]);
    const file = exportOnnx(random);
    const expected = forward(random, x).flat();
    (await runOnnx(file, x, true)).forEach((y, i) => {
      expect(Math.abs(y - expected[i])).toBeLessThan(1e-5);
    });
    expect(importOnnx(file)).toEqual(random);
  });
});

const ramp = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
/** An LSTM of 1 unit and 1 input; each weight says its gate, i o f c. */
const tensors: Record<string, [number[], number[]]> = {
  W: [
    [1, 4, 1],
    [1, 2, 3, 4],
  ],
  R: [
    [1, 4, 1],
    [5, 6, 7, 8],
  ],
  B: [[1, 8], ramp(8)],
  V: [[1, 1], [0.5]],
  P: [[1, 3], ramp(3)],
};
const { P: _p, ...plain } = tensors;
const lstm = (attributes: Record<string, Attribute> = {}, inputs = ['x', 'W', 'R', 'B']): Node => ({
  op: 'LSTM',
  inputs,
  outputs: ['Y', 'Yh', 'Yc'],
  attributes,
});
const squeeze: Node = { op: 'Squeeze', inputs: ['Y'], outputs: ['s'], attributes: { axes: [1] } };
const gemm: Node = { op: 'Gemm', inputs: ['s', 'V'], outputs: ['y'] };

describe('importOnnx', () => {
  test('puts i o f c in PyTorch’s order, and keeps Wb and Rb apart', () => {
    const { weights } = importOnnx(onnxOf([lstm(), squeeze, gemm], plain));
    expect([...weights['layers.0.weight_ih'].data]).toEqual([1, 3, 4, 2]);
    expect([...weights['layers.0.weight_hh'].data]).toEqual([5, 7, 8, 6]);
    expect([...weights['layers.0.bias_ih'].data]).toEqual([1, 3, 4, 2]);
    expect([...weights['layers.0.bias_hh'].data]).toEqual([5, 7, 8, 6]);
    expect(importOnnx(onnxOf([lstm(), squeeze, gemm], plain, ['y'], false)).weights).toEqual(weights);
  });

  test('puts z r h in PyTorch’s order', () => {
    const gru = { ...lstm({ linear_before_reset: 1 }), op: 'GRU' };
    const { weights } = importOnnx(
      onnxOf([gru, squeeze, gemm], {
        ...plain,
        W: [[1, 3, 1], ramp(3)],
        R: [[1, 3, 1], ramp(3)],
        B: [[1, 6], ramp(6)],
      }),
    );
    expect([...weights['layers.0.weight_ih'].data]).toEqual([2, 1, 3]);
    expect([...weights['layers.0.bias_hh'].data]).toEqual([5, 4, 6]);
  });

  const state: Node = { op: 'Identity', inputs: ['h0'], outputs: ['start'] };
  const zero: Node = { op: 'ConstantOfShape', inputs: ['shape'], outputs: ['start'] };
  const shape: Node = { op: 'Shape', inputs: ['x'], outputs: ['shape'] };
  test.each<[string, Node[], string[]?]>([
    ['its state from an input', [state, lstm({}, ['x', 'W', 'R', 'B', '', 'start', 'start']), squeeze, gemm]],
    [
      'a state of zeros that it computes',
      [shape, zero, lstm({}, ['x', 'W', 'R', 'B', '', 'start', 'start']), squeeze, gemm],
    ],
    [
      'its last state beside its output',
      [lstm(), squeeze, gemm, { op: 'Identity', inputs: ['Yh'], outputs: ['hn'] }],
      ['y', 'hn'],
    ],
    ['the output of its last step alone', [lstm(), { op: 'Squeeze', inputs: ['Yh'], outputs: ['s'] }, gemm]],
    [
      'the axes moved',
      [
        { op: 'Transpose', inputs: ['x'], outputs: ['t'], attributes: { perm: [1, 0, 2] } },
        lstm({}, ['t', 'W', 'R', 'B']),
        squeeze,
        gemm,
      ],
    ],
    [
      'its activations named',
      [lstm({ activations: ['Sigmoid', 'Tanh', 'Tanh'], direction: 'forward', hidden_size: 1 }), squeeze, gemm],
    ],
    [
      'MatMul and Add',
      [
        lstm(),
        squeeze,
        { op: 'MatMul', inputs: ['s', 'V'], outputs: ['m'] },
        { op: 'Identity', inputs: ['m'], outputs: ['y'] },
      ],
    ],
    ['dropout', [lstm(), squeeze, { op: 'Dropout', inputs: ['s'], outputs: ['d'] }, { ...gemm, inputs: ['d', 'V'] }]],
  ])('takes a model with %s', (_, nodes, outputs) => {
    const { definition, weights } = importOnnx(onnxOf(nodes, plain, outputs));
    expect(definition).toEqual({ input: 1, layers: [{ cell: 'lstm', units: 1 }], output: dense(1) });
    expect([...weights['output.weight'].data]).toEqual([0.5]);
  });

  const relu: Node = { op: 'Relu', inputs: ['Y'], outputs: ['r'] };
  test.each<[string, Node[], Record<string, [number[], number[]]>, RegExp, string[]?]>([
    ['peepholes', [lstm({}, ['x', 'W', 'R', 'B', '', '', '', 'P']), squeeze, gemm], tensors, /peepholes/],
    ['a tensor that nothing uses', [lstm(), squeeze, gemm], tensors, /"P"/],
    ['clip', [lstm({ clip: 3 }), squeeze, gemm], plain, /clip/],
    ['both directions', [lstm({ direction: 'bidirectional' }), squeeze, gemm], plain, /bidirectional/],
    ['the other direction', [lstm({ direction: 'reverse' }), squeeze, gemm], plain, /reverse/],
    ['coupled gates', [lstm({ input_forget: 1 }), squeeze, gemm], plain, /input_forget/],
    [
      'other activations',
      [lstm({ activations: ['HardSigmoid', 'Tanh', 'Tanh'] }), squeeze, gemm],
      plain,
      /HardSigmoid/,
    ],
    ['an attribute of tomorrow', [lstm({ normalize: 1 }), squeeze, gemm], plain, /normalize/],
    ['sequence lengths', [lstm({}, ['x', 'W', 'R', 'B', 'h0']), squeeze, gemm], plain, /sequence_lens/],
    [
      'a learned state at the start',
      [lstm({}, ['x', 'W', 'R', 'B', '', 'P']), squeeze, gemm],
      tensors,
      /neither zero nor/,
    ],
    ['an activation between layers', [lstm(), relu, { ...squeeze, inputs: ['r'] }, gemm], plain, /Relu/],
    [
      'a second readout',
      [lstm(), squeeze, { ...gemm, outputs: ['g'] }, { ...gemm, inputs: ['g', 'V'] }],
      plain,
      /Gemm/,
    ],
    ['a branch', [lstm(), squeeze, gemm, { op: 'Identity', inputs: ['Y'], outputs: ['z'] }], plain, /Identity/],
    [
      'features moved',
      [lstm(), { ...squeeze, op: 'Transpose', attributes: { perm: [3, 1, 2, 0] } }, gemm],
      plain,
      /Transpose/,
    ],
    [
      'some outputs taken',
      [lstm(), squeeze, { ...gemm, outputs: ['g'] }, { op: 'Gather', inputs: ['g', 'h0'], outputs: ['y'] }],
      plain,
      /Gather/,
    ],
    ['a scaled Gemm', [lstm(), squeeze, { ...gemm, attributes: { alpha: 0.5 } }], plain, /alpha/],
    [
      'weights that are computed',
      [{ op: 'Neg', inputs: ['W'], outputs: ['w'] }, lstm({}, ['x', 'w', 'R', 'B']), squeeze, gemm],
      plain,
      /constants folded/,
    ],
    ['no recurrent node', [{ ...gemm, inputs: ['x', 'V'] }], { V: plain.V }, /no recurrent layer/],
    [
      'an unknown operator',
      [lstm(), squeeze, gemm, { op: 'LayerNormalization', inputs: ['y'], outputs: ['n'] }],
      plain,
      /LayerNorm/,
      ['n'],
    ],
    ['W of another shape', [lstm(), squeeze, gemm], { ...plain, W: [[1, 3, 1], ramp(3)] }, /W must be/],
    ['W in two dimensions', [lstm(), squeeze, gemm], { ...plain, W: [[4, 1], ramp(4)] }, /W must be/],
    ['two directions’ weights', [lstm(), squeeze, gemm], { ...plain, R: [[2, 4, 1], ramp(8)] }, /R must be/],
    ['B of one half', [lstm(), squeeze, gemm], { ...plain, B: [[1, 4], ramp(4)] }, /B must be/],
    ['fewer numbers than its shape', [lstm(), squeeze, gemm], { ...plain, B: [[1, 8], ramp(7)] }, /has 7 numbers/],
    ['a shape past all counting', [lstm(), squeeze, gemm], { ...plain, B: [[2 ** 40, 2 ** 40], ramp(7)] }, /7 numbers/],
    ['an endless number', [lstm(), squeeze, gemm], { ...plain, V: [[1, 1], [Infinity]] }, /finite/],
    ['hidden_size of another size', [lstm({ hidden_size: 4 }), squeeze, gemm], plain, /hidden_size/],
    [
      'a circle',
      [
        { op: 'Identity', inputs: ['b'], outputs: ['a'] },
        { op: 'Identity', inputs: ['a'], outputs: ['b'] },
      ],
      {},
      /circle/,
      ['a'],
    ],
    [
      'a state made from itself',
      [{ op: 'Concat', inputs: ['c', 'c'], outputs: ['c'] }, lstm({}, ['x', 'W', 'R', 'B', '', 'c']), squeeze, gemm],
      plain,
      /neither zero/,
    ],
    ['a value from nowhere', [lstm({}, ['nothing', 'W', 'R', 'B']), squeeze, gemm], plain, /nothing makes/],
    ['an LSTM without an input', [lstm({}, []), squeeze, gemm], plain, /.*/],
    ['no nodes', [], {}, /nothing makes/],
  ])('refuses %s', (_, nodes, given, message, outputs) => {
    const file = onnxOf(nodes, given, outputs);
    const invalidFile = expect.objectContaining({ name: 'EddyError', code: 'invalid-file' });
    expect(() => importOnnx(file)).toThrow(invalidFile);
    expect(() => importOnnx(file)).toThrow(message);
  });
});
