import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { createModel, lstm } from '../../src/index.js';
import '../../src/tfjs/index.js';

beforeAll(async () => {
  using _first = await createModel({ input: 1, layers: [lstm(1)] });
  await tf.setBackend('wasm');
});

type Op = (x: tf.Tensor) => tf.Tensor;
const other = () => tf.tensor2d([0.7, -1.1, 0.4, 1.3, -0.6, 0.9], [2, 3]);
const row = () => tf.tensor1d([0.8, -1.2, 0.5]);

// Each is differentiable where the test looks.
const ops: { [name: string]: Op } = {
  abs: tf.abs,
  neg: tf.neg,
  square: tf.square,
  'sqrt, rsqrt, reciprocal': (x) =>
    tf.addN([tf.sqrt(tf.add(x, 3)), tf.rsqrt(tf.add(x, 4)), tf.reciprocal(tf.add(x, 5))]),
  'exp, expm1': (x) => tf.add(tf.exp(x), tf.expm1(x)),
  'log, log1p': (x) => tf.add(tf.log(tf.add(x, 3)), tf.log1p(tf.add(x, 3))),
  'sin, cos': (x) => tf.add(tf.sin(x), tf.mul(2, tf.cos(x))),
  tanh: tf.tanh,
  sigmoid: tf.sigmoid,
  softplus: tf.softplus,
  relu: tf.relu,
  erf: tf.erf,
  'clip by value': (x) => tf.clipByValue(x, -0.8, 0.8),
  'floor, sign, step': (x) => tf.addN([tf.floor(x), tf.sign(x), tf.step(x), tf.mul(x, 3)]),
  'add and sub by broadcast': (x) => tf.add(tf.sub(row(), x), row()),
  'mul and div by broadcast': (x) => tf.mul(tf.div(other(), tf.add(x, 3)), row()),
  'broadcast of x itself': (x) => tf.mul(tf.slice(x, [0, 0], [1, 3]), other()),
  'squared difference': (x) => tf.squaredDifference(row(), x),
  'maximum and minimum': (x) => tf.add(tf.maximum(x, other()), tf.mul(2, tf.minimum(other(), x))),
  'pow by both': (x) => tf.pow(tf.add(tf.mul(x, 0.3), 1.5), x),
  where: (x) => tf.where(tf.greater(x, 0), tf.square(x), tf.mul(x, 5)),
  'matmul, all four': (x) =>
    tf.addN([
      tf.matMul(x, other(), false, true),
      tf.matMul(tf.transpose(other()), x, true, true),
      tf.matMul(other(), x, false, true),
      tf.slice(tf.matMul(x, other(), true, false), [0, 0], [2, 2]),
    ]),
  softmax: (x) => tf.softmax(x),
  'log softmax': (x) => tf.logSoftmax(x),
  'sum and mean along axes': (x) => tf.add(tf.sum(tf.square(x), 0), tf.mean(tf.exp(x))),
  'max and min along axes': (x) => tf.sub(tf.max(tf.square(x), 1), tf.min(x)),
  'transpose, reverse, reshape': (x) => tf.mul(tf.reshape(tf.reverse(tf.transpose(x), 0), [2, 3]), other()),
  'concat, split, stack, unstack': (x) => {
    const [a, b, c] = tf.unstack(x, 1);
    const [left, right] = tf.split(tf.concat([x, tf.square(x)], 1), 2, 1);
    return tf.mul(tf.stack([a, tf.mul(b, c), c], 1), tf.sub(left, right));
  },
  'pad, slice, tile, expand': (x) =>
    tf.square(
      tf.tile(
        tf.expandDims(
          tf.slice(
            tf.pad(x, [
              [1, 0],
              [0, 2],
            ]),
            [1, 1],
            [2, 3],
          ),
          0,
        ),
        [2, 1, 2],
      ),
    ),
  'losses.huber': (x) => tf.losses.huberLoss(other(), x),
  'losses.sigmoidCrossEntropy': (x) => tf.losses.sigmoidCrossEntropy(tf.step(other()), x),
  'losses.softmaxCrossEntropy': (x) => tf.losses.softmaxCrossEntropy(tf.tensor2d([0, 1, 0, 0.5, 0, 0.5], [2, 3]), x),
  'losses.absoluteDifference': (x) => tf.losses.absoluteDifference(other(), x),
  'losses.cosineDistance': (x) => tf.losses.cosineDistance(other(), x, 1),
};

it.each(Object.entries(ops))('the gradient through %s is the slope of central differences', (_, op) => {
  tf.tidy(() => {
    const at = [0.31, -0.52, 1.27, -1.13, 0.74, 0.18];
    const value = (x: tf.Tensor): tf.Scalar => tf.sum(tf.sin(op(x)));
    const got = tf
      .grad((x) => value(x))(tf.tensor2d(at, [2, 3]))
      .dataSync();
    // Float32: a step this wide leaves some 1e-3 of rounding, one much wider would leave curvature.
    const step = 4e-3;
    at.forEach((_, k) => {
      const moved = (by: number) =>
        value(
          tf.tensor2d(
            at.map((v, i) => (i === k ? v + by : v)),
            [2, 3],
          ),
        ).dataSync()[0];
      expect(Math.abs(got[k] - (moved(step) - moved(-step)) / (2 * step)), `∂/∂x[${k}]`).toBeLessThan(6e-3);
    });
  });
});
