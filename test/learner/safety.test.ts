import { describe, expect, it } from 'vitest';
import type { Sample } from '../../src/core/sample.js';
import { createLearner, createModel, dense, type LearnerOptions, lstm, mse, type Target } from '../../src/index.js';
import { all, error, open, optimizer, options, warm, wrong } from './small.js';

describe('what is bad changes nothing', () => {
  const samples: [string, unknown, RegExp][] = [
    ['too short', [1], /learner\.step: sample 6 must have 2 finite numbers, got 1 in an Array; keep/],
    ['too long', [1, 2, 3], /got 3 in an Array/],
    ['a bare number', 4, /got one number/],
    ['NaN', [1, Number.NaN], /got NaN at position 1; fill/],
    ['Infinity', [Number.POSITIVE_INFINITY, 1], /got Infinity at position 0/],
    ['−Infinity', Float32Array.of(1, Number.NEGATIVE_INFINITY), /got -Infinity at position 1/],
    ['beyond float32', [1, 1e39], /got 1e\+39, too large for float32/],
    ['text', ['1', '2'], /got the text "1" at position 0; parse/],
    ['null', null, /got null/],
    ['undefined', undefined, /got undefined/],
    ['an object', { a: 1 }, /pick its numbers with a features selector/],
    ['a hole', [1, undefined], /got undefined at position 1/],
    ['a Uint8Array', Uint8Array.of(1, 2), /convert it to a Float32Array/],
  ];
  const targets: [string, unknown, RegExp][] = [
    ['too short', [1], /the target of sample \d must be 2 finite numbers .* got 1 numbers; give one for each output/],
    ['too long', [1, 2, 3], /got 3 numbers/],
    ['a bare number', 1, /got 1;/],
    ['Infinity', [1, Number.POSITIVE_INFINITY], /got Infinity/],
    ['beyond float32', [1e39, 0], /got 1e\+39/],
    ['text', ['a', 'b'], /got a;/],
    ['null', null, /got null/],
    ['a null within', [1, null], /got null/],
  ];

  it.each(samples)('a sample: %s', async (_, sample, message) => {
    using model = await open();
    using learner = createLearner(model, options);
    using state = model.openState();
    warm(learner);
    model.step([0.5, 0.5], state);
    const before = all(model, learner);
    const stateBefore = state.snapshot();
    expect(() => learner.step(wrong<Sample>(sample), [1, 1])).toThrow(error('invalid-sample', message));
    expect(() => model.step(wrong<Sample>(sample), state)).toThrow(error('invalid-sample', /^model\.step: /));
    expect(all(model, learner)).toEqual(before);
    expect(state.snapshot()).toEqual(stateBefore);
  });

  it.each(targets)('a target: %s', async (_, target, message) => {
    using model = await open();
    using learner = createLearner(model, options);
    warm(learner);
    const before = all(model, learner);
    expect(() => learner.step([1, 1], wrong<Target>(target))).toThrow(error('invalid-sample', message));
    expect(() => learner.label(3, wrong<Target>(target))).toThrow(error('invalid-sample', message));
    expect(() => learner.label(5, wrong<Target>(target))).toThrow(error('invalid-sample', message));
    expect(all(model, learner)).toEqual(before);
  });

  it('a target of several rows of which the last is bad', async () => {
    using model = await open();
    using state = model.openState(3);
    using learner = createLearner(model, { ...options, state });
    learner.step([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]);
    const before = all(model, learner);
    for (const target of [[9, 9, 9, 9, 9, Number.POSITIVE_INFINITY], [9, 9, 9, 9, 9], 9])
      expect(() => learner.label(1, target)).toThrow(error('invalid-sample', /learner\.label: the target of sample 1/));
    expect(all(model, learner)).toEqual(before);
  });

  it('a label for a sample that has not been', async () => {
    using model = await open();
    using learner = createLearner(model, options);
    warm(learner);
    const before = all(model, learner);
    for (const index of [0, -1, 6, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => learner.label(index, [1, 1])).toThrow(
        error('invalid-option', /index must be a sample's number from 1 to 5, got .*; label a sample after its step/),
      );
    expect(all(model, learner)).toEqual(before);
  });

  it('a label that comes too late: dropped and counted', async () => {
    using model = await open();
    using learner = createLearner(model, { ...options, maxLag: 2 });
    warm(learner);
    const before = all(model, learner);
    expect(learner.label(2, [1, 1])).toEqual({ updated: false });
    expect(learner.counts.droppedLabels).toBe(1);
    learner.counts.droppedLabels = 0;
    expect(all(model, learner)).toEqual(before);
    expect(learner.label(3, [1, 1]).scored?.index).toBe(3);
  });

  it('one sample more than full BPTT has room for, and the sequence can still be learned from', async () => {
    using model = await open();
    using learner = createLearner(model, { ...options, k1: Infinity, k2: Infinity, maxSteps: 5 });
    warm(learner);
    const before = all(model, learner);
    expect(() => learner.step([1, 1], [1, 1])).toThrow(
      error('invalid-option', /at most maxSteps = 5 samples before reset\(\), sample 6 is one more; raise maxSteps/),
    );
    expect(all(model, learner)).toEqual(before);
    expect(learner.reset().updated).toBe(true);
    expect(learner.step([1, 1], [1, 1]).index).toBe(1);
  });

  it('a gradient that is not finite: the update is skipped and counted, with every way of clipping', async () => {
    for (const clip of [{}, { clipNorm: 1 }, { clipValue: 1 }, { clipNorm: 1, clipValue: 1 }]) {
      using model = await open();
      const given: LearnerOptions = { k1: 1, k2: 2, loss: mse, optimizer, ...clip };
      using learner = createLearner(model, given);
      learner.step([0.1, 0.2], [0.3, 0.4]);
      const weights = model.weights();
      const before = learner.snapshot();
      const step = learner.step([0.1, 0.2], [3e38, 3e38]);
      expect(step).toMatchObject({ updated: false, gradientNorm: Number.POSITIVE_INFINITY });
      expect(learner.counts).toMatchObject({ nonFinite: 1, updates: 1 });
      expect(model.weights()).toEqual(weights);
      expect(learner.snapshot().powers).toEqual(before.powers);
      // The moments are sound: the next update is one.
      expect(learner.step([0.1, 0.2], [0.3, 0.4])).toMatchObject({ updated: false });
      expect(learner.step([0.1, 0.2], [0.3, 0.4])).toMatchObject({ updated: true });
      expect(Object.values(model.weights()).every(({ data }) => data.every(Number.isFinite))).toBe(true);
    }
  });

  it('an output that is not finite any more', async () => {
    using model = await open();
    const weights = model.weights();
    // All gates open: c counts the samples, h = tanh(c) is 0.76, then 0.96.
    const filled = (name: string, value: number) => ({
      [name]: { ...weights[name], data: weights[name].data.map(() => value) },
    });
    model.setWeights({ ...weights, ...filled('layers.0.bias_ih', 30), ...filled('output.weight', 0.8e38) });
    using learner = createLearner(model, options);
    learner.step([0.1, 0.1]);
    const before = all(model, learner);
    for (let again = 0; again < 2; again++)
      expect(() => learner.step([0.1, 0.1], [0, 0])).toThrow(
        error(
          'invalid-state',
          /the output at sample 2 must be finite, got Infinity; the state has grown without bound/,
        ),
      );
    expect(all(model, learner)).toEqual(before);
    model.setWeights(weights);
    expect(learner.step([0.1, 0.1], [0, 0]).index).toBe(2);
  });

  it('weights that are not this model’s', async () => {
    using model = await open();
    using learner = createLearner(model, options);
    warm(learner);
    const before = all(model, learner);
    const weights = model.weights();
    const { 'output.bias': _, ...fewer } = weights;
    const bad: [Record<string, unknown>, RegExp][] = [
      [fewer, /'output\.bias' \[2\] is missing; give every tensor/],
      [{ ...weights, extra: weights['output.bias'] }, /'extra' is not a tensor of this model/],
      [{ ...weights, 'output.bias': { shape: [3], data: new Float32Array(3) } }, /must have shape \[2\], got \[3\]/],
      [
        { ...weights, 'output.bias': { shape: [2], data: Float32Array.of(1, Number.NaN) } },
        /finite numbers, got NaN at 1/,
      ],
      [
        { ...weights, 'output.bias': { shape: [1, 2], data: new Float32Array(2) } },
        /must have shape \[2\], got \[1,2\]/,
      ],
    ];
    for (const [given, message] of bad)
      expect(() => model.setWeights(wrong(given))).toThrow(error('invalid-weights', message));
    expect(all(model, learner)).toEqual(before);
  });

  it('a state or snapshot that is not this learner’s', async () => {
    using model = await open();
    using other = await createModel({ input: 2, layers: [lstm(6)], output: dense(2) });
    using learner = createLearner(model, options);
    using stranger = createLearner(other, options);
    using longer = createLearner(model, { ...options, maxLag: 90 });
    warm(learner);
    warm(stranger);
    for (let t = 0; t < 60; t++) longer.step([1, 1]);
    const before = all(model, learner);
    const own = learner.snapshot();
    const states: unknown[] = [
      {},
      stranger.state(),
      { ...learner.state(), extra: new Float32Array(5) },
      { ...learner.state(), 'layers.0.c': Float32Array.of(1, 2, 3, 4, Number.NaN) },
    ];
    for (const state of states)
      expect(() => learner.restoreState(wrong(state))).toThrow(error('invalid-state', /learner\.restoreState: '/));
    const snapshots: unknown[] = [
      {},
      { ...own, first: 0 },
      { ...own, newest: 4 },
      { ...own, newestLabel: 99 },
      { ...own, current: [1] },
      { ...own, powers: [1] },
      { ...own, counts: {} },
      { ...own, tape: {} },
      { ...own, tape: null },
      longer.snapshot(),
    ];
    for (const snapshot of snapshots)
      expect(() => learner.restore(wrong(snapshot))).toThrow(error('invalid-state', /learner\.restore: /));
    expect(() => learner.restore(stranger.snapshot())).toThrow(error('invalid-weights', /weight_ih/));
    expect(() => learner.restore({ ...own, weights: {} })).toThrow(error('invalid-weights', /is missing/));
    expect(all(model, learner)).toEqual(before);
  });
});
