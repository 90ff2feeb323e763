import { describe, expect, it } from 'vitest';
import {
  adam,
  createModel,
  dense,
  embedding,
  type Learner,
  type LearnerOptions,
  lstm,
  type Model,
  mse,
  openLearner,
  sgd,
  type Target,
} from '../src/index.js';
import type { Sample } from '../src/sample.js';

const optimizer = adam(1e-2);
const options: LearnerOptions = { k1: 2, k2: 4, loss: mse, optimizer, clipNorm: 1, maxLag: 6 };
const open = (seed = 3) => createModel({ input: 2, layers: [lstm(5)], output: dense(2), seed });
/** What JavaScript lets through and the types do not. */
const wrong = <T>(value: unknown): T => value as T;
const error = (code: string, message: RegExp) =>
  expect.objectContaining({ name: 'EddyError', code, message: expect.stringMatching(message) });
const all = (model: Model, learner: Learner) => ({ weights: model.weights(), learner: learner.snapshot() });
const warm = (learner: Learner) => {
  for (let t = 1; t <= 5; t++) learner.step([t / 5, 0.5], t === 3 ? undefined : [0.1 * t, -0.1]);
};

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
    using learner = openLearner(model, options);
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
    using learner = openLearner(model, options);
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
    using learner = openLearner(model, { ...options, state });
    learner.step([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]);
    const before = all(model, learner);
    for (const target of [[9, 9, 9, 9, 9, Number.POSITIVE_INFINITY], [9, 9, 9, 9, 9], 9])
      expect(() => learner.label(1, target)).toThrow(error('invalid-sample', /learner\.label: the target of sample 1/));
    expect(all(model, learner)).toEqual(before);
  });

  it('a label for a sample that has not been', async () => {
    using model = await open();
    using learner = openLearner(model, options);
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
    using learner = openLearner(model, { ...options, maxLag: 2 });
    warm(learner);
    const before = all(model, learner);
    expect(learner.label(2, [1, 1])).toEqual({ updated: false });
    expect(learner.counts.droppedLabels).toBe(1);
    learner.counts.droppedLabels = 0;
    expect(all(model, learner)).toEqual(before);
    expect(learner.label(3, [1, 1]).due?.index).toBe(3);
  });

  it('one sample more than full BPTT has room for, and the sequence can still be learned from', async () => {
    using model = await open();
    using learner = openLearner(model, { ...options, k1: Infinity, k2: Infinity, maxSteps: 5 });
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
      using learner = openLearner(model, given);
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
    using learner = openLearner(model, options);
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
    using learner = openLearner(model, options);
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
    using learner = openLearner(model, options);
    using stranger = openLearner(other, options);
    using longer = openLearner(model, { ...options, maxLag: 90 });
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
      { ...own, front: 99 },
      { ...own, fresh: [1] },
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

describe('a learner refuses at the call', () => {
  it.each<[string, object, RegExp]>([
    ['k1 of 0', { k1: 0 }, /openLearner: k1 must be a whole number ≥ 1 or Infinity, got 0; updates come every k1/],
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
    expect(() => openLearner(model, wrong<LearnerOptions>({ ...options, ...given }))).toThrow(
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
      expect(() => openLearner(model, { ...options, state })).toThrow(
        error('invalid-state', /state must be an open one of this model; use model\.openState/),
      );
    expect(model.runtime.heap.bytesInUse).toBe(bytes);
  });

  it('a schedule’s factor that is not finite, before any weight changes', async () => {
    using model = await open();
    using learner = openLearner(model, { ...options, k1: 1, schedule: (k) => (k === 2 ? Number.NaN : 1) });
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

describe('what is disposed', () => {
  it('refuses every use, and disposes again in peace', async () => {
    const model = await open();
    const state = model.openState();
    const learner = openLearner(model, options);
    const used = openLearner(model, options);
    const record = learner.snapshot();
    const weights = model.weights();
    learner.dispose();
    learner.dispose();
    const uses = (each: Learner) => [
      () => each.step([1, 1]),
      () => each.label(1, [1, 1]),
      () => each.reset(),
      () => each.state(),
      () => each.restoreState({}),
      () => each.snapshot(),
      () => each.restore(record),
    ];
    for (const use of uses(learner))
      expect(use).toThrow(error('disposed', /the learner must be open, it has been disposed/));
    state.dispose();
    state.dispose();
    expect(() => model.step([1, 1], state)).toThrow(error('disposed', /the state must be open/));
    for (const use of [() => state.snapshot(), () => state.reset(), () => state.restore({})])
      expect(use).toThrow(error('disposed', /state: it must be open/));
    const second = model.openState();
    model.dispose();
    model.dispose();
    for (const use of [
      ...uses(used),
      () => model.step([1, 1], second),
      () => model.openState(),
      () => model.weights(),
      () => model.setWeights(weights),
      () => openLearner(model, options),
    ])
      expect(use).toThrow(error('disposed', /the model must be open/));
    used.dispose();
    second.dispose();
  });

  it('leaves the other owners of the heap as they were', async () => {
    using model = await open();
    using state = model.openState();
    const fresh = model.openState();
    const gone = await open(9);
    openLearner(gone, options).dispose();
    gone.dispose();
    fresh.dispose();
    const before = { weights: model.weights(), state: state.snapshot() };
    for (let round = 0; round < 20; round++) {
      using passing = await open(round);
      using learner = openLearner(passing, options);
      warm(learner);
    }
    expect({ weights: model.weights(), state: state.snapshot() }).toEqual(before);
  });
});
