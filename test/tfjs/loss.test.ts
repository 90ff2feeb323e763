import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.js';
import { adam, createLearner, createModel, dense, gru, type Loss, lstm, mse, sgd } from '../../src/index.js';
import { tfjsLoss } from '../../src/tfjs/index.js';

beforeAll(async () => {
  using _first = await createModel({ input: 1, layers: [lstm(1)] });
  await tf.setBackend('wasm');
});

const squares = tfjsLoss((y, target) => tf.losses.meanSquaredError(target, y));

/** 40 samples, some without a target: what they teach, and what each step results. */
async function train(loss: Loss, k1: number, k2: number, rows = 1, activation: 'linear' | 'sigmoid' = 'linear') {
  using model = await createModel({ input: 2, layers: [gru(4), lstm(3)], output: dense(2, { activation }), seed: 5 });
  const random = createRandom(9);
  using state = model.openState(rows);
  using learner = createLearner(model, { k1, k2, loss, optimizer: adam(0.02), clipNorm: 1, state });
  const normal = (n: number) => Array.from({ length: n }, () => random.normal());
  const results: number[] = [];
  for (let t = 0; t < 40; t++) {
    const target = normal(rows * 2);
    if (t % 5 === 3) target.fill(Number.NaN);
    if (rows > 1 && t % 5 === 2) target.fill(Number.NaN, 0, 2);
    const { scored, gradientNorm } = learner.step(normal(rows * 2), target);
    results.push(scored?.loss ?? -1, gradientNorm ?? -1);
  }
  return { results, weights: Object.values(model.weights()).flatMap(({ data }) => [...data]), counts: learner.counts };
}

describe('tfjsLoss', () => {
  it.each([
    [1, 1, 1, 'linear'],
    [2, 6, 1, 'linear'],
    [4, 4, 1, 'linear'],
    [3, 7, 3, 'linear'],
    [2, 5, 2, 'sigmoid'],
  ] as const)(
    'written as the mean square it teaches what mse teaches (k1 %i, k2 %i, rows %i, %s)',
    async (k1, k2, rows, activation) => {
      const [got, want] = [await train(squares, k1, k2, rows, activation), await train(mse, k1, k2, rows, activation)];
      expect(got.counts).toEqual(want.counts);
      got.results.forEach((value, k) => {
        expect(value).toBeCloseTo(want.results[k], 4);
      });
      got.weights.forEach((value, k) => {
        expect(value).toBeCloseTo(want.weights[k], 4);
      });
    },
  );

  it('learns from a loss that eddy does not have, and leaves no tensor behind', async () => {
    using model = await createModel({ input: 1, layers: [lstm(6)], output: dense(1), seed: 4 });
    // Of log cosh the slope is tanh.
    const logCosh = tfjsLoss((y, target) => {
      const d = tf.sub(y, target);
      return tf.mean(tf.sub(tf.add(tf.softplus(tf.mul(-2, d)), d), Math.LN2));
    });
    using learner = createLearner(model, { k1: 1, k2: 8, loss: logCosh, optimizer: adam(0.02), clipNorm: 1 });
    const losses: number[] = [];
    const wave = (t: number) => Math.sin(t / 3);
    learner.step(0, 0);
    const { numTensors } = tf.memory();
    for (let t = 0; t < 300; t++) losses.push(learner.step(wave(t), wave(t + 1)).scored?.loss ?? 0);
    expect(tf.memory().numTensors).toBe(numTensors);
    const mean = (part: number[]) => part.reduce((sum, v) => sum + v, 0) / part.length;
    expect(mean(losses.slice(-50))).toBeLessThan(mean(losses.slice(0, 50)) / 5);
  });

  it('takes targets of another width than the output, at its word', async () => {
    using model = await createModel({ input: 1, layers: [gru(3)], output: dense(2), seed: 1 });
    const toSum = tfjsLoss((y, target) => tf.mean(tf.square(tf.sub(tf.sum(y, 1, true), target))), { width: 1 });
    using learner = createLearner(model, { k1: 1, k2: 1, loss: toSum, optimizer: sgd(0.1) });
    const { scored, output } = learner.step(1, 3);
    expect(scored?.target).toEqual(Float32Array.of(3));
    expect(scored?.loss).toBeCloseTo((output[0] + output[1] - 3) ** 2, 4);
  });

  it('leaves the weights as they were when fn throws or returns no scalar', async () => {
    using model = await createModel({ input: 1, layers: [gru(3)], output: dense(2), seed: 1 });
    const before = model.weights();
    const wrong = tfjsLoss((y) => y);
    using learner = createLearner(model, { k1: 1, k2: 1, loss: wrong, optimizer: sgd(0.1) });
    expect(() => learner.step(1, [1, 2])).toThrow(/fn must return a scalar tensor, got a tensor of shape \[1,2\]/);
    expect(model.weights()).toEqual(before);
  });
});
