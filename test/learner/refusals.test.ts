import { describe, expect, it } from 'vitest';
import { adam, createLearner, createModel, dense, embedding, type LearnerOptions, lstm, sgd } from '../../src/index.js';
import { error, open, options, wrong } from './small.js';

describe('a learner refuses at the call', () => {
  it.each<[string, object, RegExp]>([
    ['k1 of 0', { k1: 0 }, /createLearner: k1 must be a whole number ≥ 1 or Infinity, got 0; updates come every k1/],
    ['k1 that is not whole', { k1: 1.5 }, /k1 must be .* got 1\.5/],
    ['k1 that is NaN', { k1: Number.NaN }, /k1 must be .* got NaN/],
    ['k1 as text', { k1: '8' }, /k1 must be/],
    ['no k1', { k1: undefined }, /k1 must be .* got undefined/],
    ['k2 of 0', { k2: 0 }, /k2 must be a whole number ≥ 1, got 0; an update goes k2 samples back/],
    ['k2 below 0', { k2: -3 }, /k2 must be .* got -3/],
    ['k1 Infinity alone', { k1: Number.POSITIVE_INFINITY }, /must be Infinity together, got k1 Infinity, k2 4/],
    ['k2 Infinity alone', { k2: Number.POSITIVE_INFINITY }, /must be Infinity together/],
    ['full BPTT without a bound', { k1: Infinity, k2: Infinity }, /full BPTT must have maxSteps ≥ 1, got undefined/],
    ['no loss', { loss: undefined }, /loss must be one of the losses, got undefined; e\.g\. mse/],
    ['a loss by name', { loss: 'mse' }, /loss must be one of the losses, got mse/],
    ['no optimizer', { optimizer: undefined }, /optimizer must be one of the optimizers/],
    ['clipNorm of 0', { clipNorm: 0 }, /clipNorm must be a number above 0, got 0; leave it out/],
    ['clipNorm that is NaN', { clipNorm: Number.NaN }, /clipNorm must be/],
    ['clipValue below 0', { clipValue: -1 }, /clipValue must be a number above 0, got -1/],
    ['a schedule that is a number', { schedule: 0.1 }, /schedule must be a function .* got 0\.1/],
    ['maxLag below 0', { maxLag: -1 }, /maxLag must be a whole number ≥ 0, got -1/],
    ['maxLag that is Infinity', { maxLag: Number.POSITIVE_INFINITY }, /maxLag must be/],
  ])('%s', async (_, given, message) => {
    using model = await open();
    const bytes = model.runtime.heap.bytesInUse;
    expect(() => createLearner(model, wrong<LearnerOptions>({ ...options, ...given }))).toThrow(
      error('invalid-option', message),
    );
    expect(model.runtime.heap.bytesInUse).toBe(bytes);
  });

  it('a state of another model, or a disposed one', async () => {
    using model = await open();
    using other = await open();
    using foreign = other.openState();
    const gone = model.openState();
    gone.dispose();
    const bytes = model.runtime.heap.bytesInUse;
    for (const state of [foreign, gone, wrong<typeof foreign>({ rows: 1 })])
      expect(() => createLearner(model, { ...options, state })).toThrow(
        error('invalid-state', /state must be an open one of this model; use model\.openState/),
      );
    expect(model.runtime.heap.bytesInUse).toBe(bytes);
  });

  it('a schedule’s factor that is not finite, before any weight changes', async () => {
    using model = await open();
    using learner = createLearner(model, { ...options, k1: 1, schedule: (k) => (k === 2 ? Number.NaN : 1) });
    learner.step([1, 1], [1, 1]);
    const weights = model.weights();
    expect(() => learner.step([1, 1], [1, 1])).toThrow(
      error('invalid-option', /the schedule must give a finite factor, got NaN for update 2/),
    );
    expect(model.weights()).toEqual(weights);
  });

  it('sizes, rates and seeds that are not positive', async () => {
    const refused: [() => unknown, RegExp][] = [
      [() => lstm(0), /lstm: units must be a whole number ≥ 1, got 0/],
      [() => lstm(2.5), /got 2\.5/],
      [() => lstm(Number.NaN), /got NaN/],
      [() => dense(-1), /dense: units must be a whole number ≥ 1, got -1/],
      [() => adam(0), /adam: the learning rate must be a number above 0, got 0; try 1e-3/],
      [() => adam(Number.NaN), /got NaN/],
      [() => sgd(-1), /sgd: the learning rate must be/],
      [() => sgd(1, { momentum: 1 }), /momentum/],
      [() => adam(1, { beta1: 1 }), /beta1 must be a number from 0 to below 1, got 1/],
    ];
    for (const [make, message] of refused) expect(make).toThrow(error('invalid-option', message));
    const models: [object, RegExp][] = [
      [{ input: 0, layers: [lstm(2)] }, /createModel: input must be a whole number ≥ 1, got 0/],
      [{ input: 1, layers: [] }, /layers must be a list of at least one layer/],
      [{ input: 1, layers: [lstm(2)], skip: true }, /skip must have a linear output.*got no output/],
      [{ input: 1, layers: [lstm(2)], output: dense(2), skip: true }, /at most input = 1 units.*got 2 linear/],
      [{ input: 2, layers: [lstm(2)], output: dense(1, { activation: 'sigmoid' }), skip: true }, /got 1 sigmoid/],
      [{ input: 1, layers: [embedding(3, 2), lstm(2)], output: dense(1), skip: true }, /skip must have/],
      [{ input: 1, layers: [lstm(2)], output: dense(1), skip: 1 }, /skip must be true or false/],
      [{ input: 1, layers: [32] }, /layers\[0\] must be made by a cell, got 32; e\.g\. lstm\(32\)/],
      [{ input: 1, layers: [lstm(2)], seed: -1 }, /seed must be/],
      [{ input: 1, layers: [lstm(2)], seed: 0.5 }, /seed must be/],
    ];
    for (const [spec, message] of models)
      await expect(createModel(wrong(spec))).rejects.toThrow(error('invalid-option', message));
    using model = await open();
    for (const rows of [0, -1, 1.5])
      expect(() => model.openState(rows)).toThrow(error('invalid-option', /rows must be/));
  });
});
