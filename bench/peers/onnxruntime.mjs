// onnxruntime, native (`node`) or wasm (`web`): one thread, the recurrent operator and its readout in one graph, the state fed back as the
// tensors that came out. It does not train. The model's protobuf is written here, field by field (onnx.proto).
import { createRequire } from 'node:module';

const varint = (n) => {
  const bytes = [];
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
  return Buffer.from([...bytes, n]);
};
const number = (field, n) => Buffer.concat([varint(field * 8), varint(n)]);
const bytes = (field, content) => Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
const message = (field, parts) => bytes(field, Buffer.concat(parts));
const text = (field, value) => bytes(field, Buffer.from(value));
const FLOAT = 1;

const tensor = (name, dims, data) =>
  message(5, [
    ...dims.map((d) => number(1, d)),
    number(2, FLOAT),
    text(8, name),
    bytes(9, Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
  ]);
const value = (field, name, dims) =>
  message(field, [
    text(1, name),
    message(2, [
      message(1, [
        number(1, FLOAT),
        message(
          2,
          dims.map((d) => message(1, [number(1, d)])),
        ),
      ]),
    ]),
  ]);
const node = (operator, inputs, outputs, attributes = {}) =>
  message(1, [
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, operator),
    ...Object.entries(attributes).map(([name, n]) => message(5, [text(1, name), number(3, n), number(20, 2)])),
  ]);

/** [gates·H, n] with the gates in ONNX's order. */
function rows(matrix, n, units, order) {
  const block = units * n;
  const out = new Float32Array(order.length * block);
  order.forEach((from, to) => {
    out.set(matrix.subarray(from * block, (from + 1) * block), to * block);
  });
  return out;
}

export function onnxModel({ cell, input, hidden: H, weights: { wih, whh, b, b2, hw, hb } }, batch) {
  const lstm = cell === 'lstm';
  const order = lstm ? [0, 3, 1, 2] : [1, 0, 2];
  const G = order.length * H;
  const biases = Float32Array.from([...rows(b, 1, H, order), ...rows(b2, 1, H, order)]);
  const state = [1, batch, H];
  const graph = [
    lstm
      ? node('LSTM', ['x', 'W', 'R', 'B', '', 'h', 'c'], ['', 'h1', 'c1'], { hidden_size: H })
      : node('GRU', ['x', 'W', 'R', 'B', '', 'h'], ['', 'h1'], { hidden_size: H, linear_before_reset: 1 }),
    node('MatMul', ['h1', 'hw'], ['product']),
    node('Add', ['product', 'hb'], ['y']),
    text(2, 'recurrent'),
    tensor('W', [1, G, input], rows(wih, input, H, order)),
    tensor('R', [1, G, H], rows(whh, H, H, order)),
    tensor('B', [1, 2 * G], biases),
    tensor('hw', [H, 1], hw),
    tensor('hb', [1], hb),
    value(11, 'x', [1, batch, input]),
    value(11, 'h', state),
    value(12, 'y', [1, batch, 1]),
    value(12, 'h1', state),
    ...(lstm ? [value(11, 'c', state), value(12, 'c1', state)] : []),
  ];
  return Buffer.concat([number(1, 8), message(7, graph), message(8, [text(1, ''), number(2, 14)])]);
}

export async function load(kind) {
  const ort = createRequire(import.meta.url)(`onnxruntime-${kind}`);
  if (kind === 'web') ort.env.wasm.numThreads = 1;

  async function stepper(args, batch) {
    const session = await ort.InferenceSession.create(new Uint8Array(onnxModel(args, batch)), {
      executionProviders: [kind === 'node' ? 'cpu' : 'wasm'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
    });
    const size = [1, batch, args.hidden];
    const zeros = () => new ort.Tensor('float32', new Float32Array(batch * args.hidden), size);
    const feeds = { x: undefined, h: zeros(), ...(args.cell === 'lstm' && { c: zeros() }) };
    return async (data) => {
      feeds.x = new ort.Tensor('float32', data, [1, batch, args.input]);
      const { y, h1, c1 } = await session.run(feeds);
      feeds.h = h1;
      if (c1) feeds.c = c1;
      return y.data;
    };
  }

  return {
    async createInference(args) {
      const step = await stepper(args, 1);
      return async (x) => (await step(x))[0];
    },
    createBatch: (args) => stepper(args, args.batch),
  };
}
