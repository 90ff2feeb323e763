import { describe, expect, it } from 'vitest';
import {
  bce,
  createLearner,
  createModel,
  crossEntropy,
  dense,
  gaussianNll,
  huber,
  type Loss,
  pinball,
  rnn,
  sgd,
} from '../../../src/index.js';
import type { DenseActivation } from '../../../src/nn/readouts/readout.js';

describe('losses that do not fit', () => {
  const open = async (outputs: number, activation: DenseActivation | undefined, loss: Loss) => {
    const output = activation && { output: dense(outputs, { activation }) };
    using model = await createModel({ input: 1, layers: [rnn(outputs)], ...output });
    const inUse = model.runtime.heap.bytesInUse;
    const refused = () => createLearner(model, { k1: 1, k2: 1, loss, optimizer: sgd(1) });
    expect(refused).toThrowError(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringMatching(/; use dense/) }),
    );
    expect(model.runtime.heap.bytesInUse).toBe(inUse);
  };
  it.each([
    ['crossEntropy under a sigmoid', 3, 'sigmoid', crossEntropy],
    ['crossEntropy under a linear readout', 3, 'linear', crossEntropy],
    ['crossEntropy without a readout', 3, undefined, crossEntropy],
    ['crossEntropy over one class', 1, 'softmax', crossEntropy],
    ['bce under a softmax', 3, 'softmax', bce],
    ['bce without a readout', 3, undefined, bce],
    ['pinball with too many outputs', 3, 'linear', pinball(0.1, 0.9)],
    ['gaussianNll with an odd number of outputs', 3, 'linear', gaussianNll],
    ['gaussianNll under a sigmoid', 2, 'sigmoid', gaussianNll],
  ] as const)('%s', (_, outputs, activation, loss) => open(outputs, activation, loss));

  it.each([
    ['huber(0)', () => huber(0)],
    ['huber(Infinity)', () => huber(Number.POSITIVE_INFINITY)],
    ['pinball()', () => pinball()],
    ['pinball(1)', () => pinball(1)],
    ['pinball(NaN)', () => pinball(Number.NaN)],
  ])('%s is refused', (_, make) => {
    expect(make).toThrowError(expect.objectContaining({ code: 'invalid-option' }));
  });
});

describe('targets that are none', () => {
  const refuses = async (loss: Loss, activation: DenseActivation, target: number | number[], pattern: RegExp) => {
    using model = await createModel({ input: 1, layers: [rnn(2)], output: dense(3, { activation }) });
    using learner = createLearner(model, { k1: 1, k2: 1, loss, optimizer: sgd(1) });
    learner.step(1);
    expect(() => learner.step(1, target)).toThrowError(
      expect.objectContaining({ code: 'invalid-sample', message: expect.stringMatching(pattern) }),
    );
  };
  it.each([
    ['a class above the last', crossEntropy, 'softmax', 3, /sample 2 must be a class from 0 to 2.*got 3;/],
    ['a class below 0', crossEntropy, 'softmax', -1, /got -1;/],
    ['a class between two', crossEntropy, 'softmax', 0.5, /got 0.5;/],
    ['a distribution that sums to 2', crossEntropy, 'softmax', [1, 1, 0], /sample 2 must be a distribution/],
    ['a negative probability', crossEntropy, 'softmax', [1.5, -0.5, 0], /sample 2 must be a distribution/],
    ['a yes beyond 1', bce, 'sigmoid', [0, 1, 1.5], /sample 2 must be from 0 to 1/],
  ] as const)('%s', (_, loss, activation, target, pattern) =>
    refuses(loss, activation, typeof target === 'number' ? target : [...target], pattern),
  );
});

it('rows of a batch may each be labelled by one class, or one value for all quantiles', async () => {
  using model = await createModel({ input: 1, layers: [rnn(2)], output: dense(3, { activation: 'softmax' }) });
  using state = model.openState(2);
  using learner = createLearner(model, { k1: 1, k2: 1, loss: crossEntropy, optimizer: sgd(1), state });
  expect([...(learner.step([1, 2], [2, 0]).scored?.target ?? [])]).toEqual([0, 0, 1, 1, 0, 0]);
  expect(() => learner.step([1, 2], [2, 7])).toThrowError(expect.objectContaining({ code: 'invalid-sample' }));
  using quantiles = await createModel({ input: 1, layers: [rnn(2)], output: dense(2) });
  using pair = quantiles.openState(2);
  using other = createLearner(quantiles, { k1: 1, k2: 1, loss: pinball(0.25, 0.75), optimizer: sgd(1), state: pair });
  expect([...(other.step([1, 2], [5, 7]).scored?.target ?? [])]).toEqual([5, 5, 7, 7]);
});
