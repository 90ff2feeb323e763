import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.js';
import { createModel, dense, embedding, gru, lstm, type ModelSpec, rnn } from '../../src/index.js';
import { sequence, takeWeights, variables } from '../../src/tfjs/index.js';
import { networkOfOps } from './network.js';

const networks: { [name: string]: ModelSpec } = {
  lstm: { input: 3, layers: [lstm(5)], output: dense(2) },
  gru: { input: 3, layers: [gru(5)], output: dense(2) },
  'gru, reset before': { input: 3, layers: [gru(5, { resetAfter: false })], output: dense(2) },
  'rnn, tanh': { input: 3, layers: [rnn(5)], output: dense(2) },
  'rnn, relu': { input: 3, layers: [rnn(5, { activation: 'relu' })], output: dense(2) },
  'rnn, sigmoid': {
    input: 3,
    layers: [rnn(5, { activation: 'sigmoid' })],
    output: dense(2, { activation: 'sigmoid' }),
  },
  'two lstm': { input: 3, layers: [lstm(5), lstm(4)], output: dense(3, { activation: 'softmax' }) },
  'two gru': { input: 3, layers: [gru(4), gru(5, { resetAfter: false })], output: dense(2) },
  'lstm with a skip connection': { input: 3, layers: [lstm(5)], output: dense(2), skip: true },
  'gru over an embedding': { input: 1, layers: [embedding(7, 3), gru(4)], output: dense(2) },
  'lstm over rnn, no readout': { input: 3, layers: [rnn(4), lstm(5)] },
};

const random = createRandom(11);
const normal = (shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => random.normal()),
    shape,
  );
/** Largest difference, against the largest number wanted. */
function distance(got: tf.Tensor, want: tf.Tensor): number {
  expect(got.shape).toEqual(want.shape);
  const [a, b] = [Array.from(got.dataSync()), Array.from(want.dataSync())];
  return Math.max(...a.map((value, k) => Math.abs(value - b[k]))) / Math.max(...b.map(Math.abs));
}

beforeAll(async () => {
  using _first = await createModel({ input: 1, layers: [lstm(1)] });
  await tf.setBackend('wasm');
});

describe('sequence is the network written in tfjs ops:', () => {
  describe.each(Object.entries(networks))('%s', (_, spec) => {
    it.each([1, 3])('values and all gradients, %i row(s)', async (rows) => {
      using model = await createModel({ ...spec, seed: 3 });
      tf.engine().startScope();
      const weights = variables(model);
      const steps = 6;
      const symbols = Float32Array.from({ length: steps * rows }, () => random.integer(7));
      const x = spec.input === 1 ? tf.tensor(symbols, [steps, rows, 1]) : normal([steps, rows, 3]);
      using opened = model.openState(rows);
      const state = Object.fromEntries(
        Object.entries(opened.snapshot()).map(([name, { length }]) => [name, normal([rows, length / rows])]),
      );
      const target = normal([steps, rows, model.output]);
      // Reads every output and every part of the last state, each with a weight of its own.
      const scalar = (run: ReturnType<typeof networkOfOps>): tf.Scalar =>
        tf.addN([
          tf.mean<tf.Scalar>(tf.square(tf.sub(run.output, target))),
          ...Object.keys(state).map((name, k) => tf.mul<tf.Scalar>((k + 1) / 3, tf.sum(tf.tanh(run.state[name])))),
        ]);
      const [viaOp, viaOps] = [sequence(model, x, state, weights), networkOfOps(spec, x, state, weights)];
      expect(distance(viaOp.output, viaOps.output)).toBeLessThan(1e-5);
      for (const name of Object.keys(state))
        expect(distance(viaOp.state[name], viaOps.state[name]), name).toBeLessThan(1e-5);

      const got = tf.variableGrads(() => scalar(sequence(model, x, state, weights)));
      const want = tf.variableGrads(() => scalar(networkOfOps(spec, x, state, weights)));
      expect(Object.keys(got.grads).sort()).toEqual(Object.keys(model.weights()).sort());
      for (const name of Object.keys(want.grads))
        expect(distance(got.grads[name], want.grads[name]), name).toBeLessThan(1e-4);

      const by = (x: tf.Tensor) => scalar(sequence(model, x, state));
      // By a symbol there is no slope.
      if (spec.input === 1) expect(tf.grad(by)(x).dataSync()).toEqual(new Float32Array(steps * rows));
      else {
        const byOps = tf.grad((x) => scalar(networkOfOps(spec, x, state, weights)));
        expect(distance(tf.grad(by)(x), byOps(x))).toBeLessThan(1e-4);
      }
      for (const name of Object.keys(state)) {
        const byState = (run: (state: { [name: string]: tf.Tensor }) => tf.Tensor) =>
          tf.grad((h) => run({ ...state, [name]: h }))(state[name]);
        expect(
          distance(
            byState((s) => scalar(sequence(model, x, s))),
            byState((s) => scalar(networkOfOps(spec, x, s, weights))),
          ),
          name,
        ).toBeLessThan(1e-4);
      }
      for (const variable of Object.values(weights)) variable.dispose();
      tf.engine().endScope();
    });
  });
});

describe('sequence', () => {
  it('is one row of [steps, rows, input] for x [steps, input], from zeros when no state is given', async () => {
    using model = await createModel({ input: 2, layers: [gru(3)], output: dense(1), seed: 1 });
    tf.tidy(() => {
      const x = normal([4, 2]);
      const flat = sequence(model, x);
      const deep = sequence(model, tf.reshape(x, [4, 1, 2]), { 'layers.0.h': tf.zeros([1, 3]) });
      expect(flat.output.shape).toEqual([4, 1]);
      expect(flat.output.dataSync()).toEqual(deep.output.dataSync());
    });
    using state = model.openState();
    const x = tf.tensor2d([0.5, -1], [1, 2]);
    const { output, state: last } = sequence(model, x);
    expect(output.dataSync()).toEqual(model.step([0.5, -1], state));
    expect(last['layers.0.h'].dataSync()).toEqual(state.snapshot()['layers.0.h']);
    tf.dispose([x, output, last]);
  });

  it('leaves the model’s own weights as they are, and trains others with tf.train until takeWeights', async () => {
    using model = await createModel({ input: 1, layers: [lstm(4)], output: dense(1), seed: 2 });
    const before = model.weights();
    const weights = variables(model, 'mine/');
    const adam = tf.train.adam(0.05);
    const x = tf.tensor2d([1, 0, 0, -1, 0, 0], [6, 1]);
    const target = tf.tensor2d([0, 1, 0, 0, -1, 0], [6, 1]);
    const minimize = () => {
      const cost = adam.minimize(
        () => tf.losses.meanSquaredError<tf.Tensor, tf.Scalar>(target, sequence(model, x, undefined, weights).output),
        true,
        Object.values(weights),
      );
      const value = cost?.dataSync()[0] ?? Number.NaN;
      cost?.dispose();
      return value;
    };
    const first = minimize();
    const { numTensors } = tf.memory();
    for (let k = 0; k < 60; k++) minimize();
    expect(tf.memory().numTensors, 'no tensor is left behind').toBe(numTensors);
    expect(minimize()).toBeLessThan(first / 10);
    expect(model.weights()).toEqual(before);
    takeWeights(model, weights);
    expect(model.weights()['output.bias'].data).toEqual(weights['output.bias'].dataSync());
    expect(() => variables(model, 'mine/')).toThrow(/'mine\/layers.0.weight_ih' is taken/);
    tf.dispose([x, target, ...Object.values(weights)]);
    adam.dispose();
  });

  it('holds no heap and no tensors after forward and backward', async () => {
    using model = await createModel({ input: 2, layers: [lstm(3)], output: dense(1) });
    const x = normal([5, 2]);
    const run = () =>
      tf.tidy(() =>
        tf
          .grad((x) => tf.sum(sequence(model, x).output))(x)
          .dataSync(),
      );
    run();
    const before = { tensors: tf.memory().numTensors, bytes: model.runtime.heap.bytesInUse };
    for (let k = 0; k < 20; k++) run();
    expect({ tensors: tf.memory().numTensors, bytes: model.runtime.heap.bytesInUse }).toEqual(before);
    x.dispose();
  });

  it('refuses other shapes, names and backends, saying which', async () => {
    using model = await createModel({ input: 2, layers: [gru(3)], output: dense(1) });
    tf.tidy(() => {
      const x = tf.zeros([4, 2]);
      expect(() => sequence(model, tf.zeros([4, 3]))).toThrow(/x must have shape \[steps, 2\]/);
      expect(() => sequence(model, x, { 'layers.0.h': tf.zeros([2, 3]) })).toThrow(
        /'layers.0.h' of shape \[1,3\], got \[2,3\]/,
      );
      expect(() => sequence(model, x, { 'layers.0.h': tf.zeros([1, 3]), 'layers.0.c': x })).toThrow(
        /got 'layers.0.c' too/,
      );
      expect(() => sequence(model, x, undefined, { 'output.bias': tf.zeros([1]) })).toThrow(/'layers.0.weight_ih'/);
    });
  });
});
