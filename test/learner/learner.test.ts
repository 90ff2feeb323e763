import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  adam,
  createLearner,
  createModel,
  dense,
  type Learner,
  type LearnStep,
  lstm,
  mse,
  sgd,
} from '../../src/index.js';
import { distance } from '../spec/layers.js';
import type { Learnt } from '../spec/learner.js';
import { createPair, flatSpec, flatWeights, type PairOptions } from '../spec/pair.js';

const wave = (t: number, phase: number) => ((t * (phase + 3) + phase) % 11) / 5.5 - 1;
const xOf = (t: number) => [wave(t, 0), wave(t, 1)];
const yOf = (t: number) => wave(t, 2);
const TOLERANCE = 2e-4;

/** What one part of a script does to both learners. */
type Act =
  | { act: 'step'; target: 'none' | 'beside' | 'masked' }
  | { act: 'label'; back: number; masked: boolean }
  | { act: 'reset' };

const script = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ act: fc.constant('step'), target: fc.constantFrom('none', 'beside', 'masked') }),
    },
    { weight: 4, arbitrary: fc.record({ act: fc.constant('label'), back: fc.nat(9), masked: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('reset') }) },
  ),
  { maxLength: 60 },
) as fc.Arbitrary<Act[]>;

function expectSame(got: Pick<LearnStep, 'scored' | 'updated' | 'gradientNorm'>, want: Learnt): void {
  expect(got.updated).toBe(want.updated);
  expect(got.scored?.index).toBe(want.scored?.index);
  if (got.scored && want.scored) {
    expect(distance([...got.scored.output], want.scored.output)).toBeLessThan(TOLERANCE);
    expect(distance([got.scored.loss], [want.scored.loss])).toBeLessThan(TOLERANCE);
  }
  if (want.updated) expect(distance([got.gradientNorm ?? NaN], [want.gradientNorm ?? NaN])).toBeLessThan(TOLERANCE);
}

describe('a learner and its specification agree', () => {
  const options = fc.record({
    k1: fc.integer({ min: 1, max: 6 }),
    k2: fc.integer({ min: 1, max: 8 }),
    maxLag: fc.nat(7),
    units: fc.constantFrom([3], [5, 2]),
    momentum: fc.constantFrom(0, 0.9),
    rate: fc.constant(0.05),
  });

  it('on any order of samples, labels beside, late, out of order, too late and masked, and resets', async () => {
    await fc.assert(
      fc.asyncProperty(options, script, async (given, acts) => {
        const { model, learner, spec } = await createPair(given);
        let t = 0;
        for (const act of acts) {
          if (act.act === 'reset') {
            learner.reset();
            spec.reset();
            t = 0;
          } else if (act.act === 'step') {
            t++;
            const target = { none: undefined, beside: yOf(t), masked: NaN }[act.target];
            const [got, want] = [learner.step(xOf(t), target), spec.step(xOf(t), target)];
            expect(got.index).toBe(want.index);
            expect(distance([...got.output], want.output)).toBeLessThan(TOLERANCE);
            expectSame(got, want);
          } else if (t > act.back) {
            const target = act.masked ? NaN : yOf(t - act.back);
            expectSame(learner.label(t - act.back, target), spec.label(t - act.back, target));
          }
        }
        expect(distance(flatWeights(model.weights()), flatSpec(spec.weights()))).toBeLessThan(TOLERANCE);
        const { updates, unlabelled, nonFinite, late } = spec.counts();
        expect(learner.counts).toMatchObject({ updates, unlabelled, nonFinite, droppedLabels: late });
        learner.dispose();
        model.dispose();
      }),
      { numRuns: 60 },
    );
  });

  const along = async (given: PairOptions, samples: number, target = (t: number): number | undefined => yOf(t)) => {
    const { model, learner, spec } = await createPair(given);
    let updates = 0;
    for (let t = 1; t <= samples; t++) {
      const step = learner.step(xOf(t), target(t));
      expectSame(step, spec.step(xOf(t), target(t)));
      if (step.updated) updates++;
    }
    expect(distance(flatWeights(model.weights()), flatSpec(spec.weights()))).toBeLessThan(TOLERANCE);
    const end = { updates, counts: { ...learner.counts } };
    learner.dispose();
    model.dispose();
    return end;
  };

  it.each<[string, PairOptions]>([
    ['clipped by norm', { k1: 1, k2: 4, clipNorm: 0.05 }],
    ['clipped by value', { k1: 1, k2: 4, clipValue: 0.01 }],
    ['clipped by value first, then by the norm of what is left', { k1: 1, k2: 4, clipValue: 0.02, clipNorm: 0.03 }],
    ['with a schedule that counts updates', { k1: 3, k2: 4, schedule: (k) => 1 / (1 + k) }],
    ['with several layers and outputs in one', { k1: 2, k2: 5, units: [4, 3, 2] }],
  ])('%s', async (_, given) => {
    const { updates, counts } = await along(given, 60);
    expect(updates).toBe(Math.floor(60 / given.k1));
    if (given.clipNorm) expect(counts.clipped).toBeGreaterThan(0);
  });

  it('along a tape that has slid many times', async () => {
    await along({ k1: 4, k2: 3, maxLag: 2, rate: 0.02 }, 700, (t) => (t % 3 === 0 ? undefined : yOf(t)));
    await along({ k1: 7, k2: 9, maxLag: 0, rate: 0.02 }, 700);
  });

  it('on full BPTT: one update at reset, over the whole sequence', async () => {
    const { model, learner, spec } = await createPair({ k1: Infinity, k2: Infinity, maxSteps: 12, rate: 0.3 });
    for (const length of [12, 5, 1, 12]) {
      for (let t = 1; t <= length; t++) expectSame(learner.step(xOf(t), yOf(t)), spec.step(xOf(t), yOf(t)));
      expectSame(learner.reset(), spec.reset());
      expect(distance(flatWeights(model.weights()), flatSpec(spec.weights()))).toBeLessThan(TOLERANCE);
    }
    expect(learner.reset()).toEqual({ updated: false });
    learner.dispose();
    model.dispose();
  });
});

describe('a learner', () => {
  const spec = { input: 2, layers: [lstm(6), lstm(5)], output: dense(1), seed: 11 };
  const optimizer = adam(1e-2);

  it('learns the same bits from a window that streaming has just run as from one that is run again', async () => {
    const run = async (rerun: boolean) => {
      using model = await createModel(spec);
      using learner = createLearner(model, { k1: 5, k2: 4, loss: mse, optimizer, clipNorm: 1, maxLag: 3 });
      const results: unknown[] = [];
      for (let t = 1; t <= 120; t++) {
        results.push(learner.step(xOf(t)));
        // The weights as they are: nothing changes but that the learner cannot know it.
        if (rerun) model.setWeights(model.weights());
        if (t > 2) results.push(learner.label(t - 2, yOf(t - 2)));
      }
      expect(learner.counts.updates).toBe(23);
      return { results, weights: model.weights(), state: learner.state() };
    };
    expect(await run(true)).toEqual(await run(false));
  });

  it('goes 20,000 samples on a tape of a few dozen in constant memory, as a learner with a long tape', async () => {
    const run = async (maxLag: number, samples: number) => {
      using model = await createModel({ ...spec, layers: [lstm(5)] });
      using learner = createLearner(model, { k1: 4, k2: 4, loss: mse, optimizer: sgd(1e-3), maxLag });
      const bytes = model.runtime.heap.bytesInUse;
      const out: LearnStep = { index: 0, output: new Float32Array(1), updated: false };
      for (let t = 1; t <= samples; t++) learner.step(xOf(t), yOf(t), out);
      expect(out.index).toBe(samples);
      expect(model.runtime.heap.bytesInUse).toBe(bytes);
      return { weights: model.weights(), state: learner.state(), counts: { ...learner.counts } };
    };
    expect(await run(0, 20_000)).toEqual(await run(10_100, 20_000));
  });

  it('teaches several rows what it teaches each of them alone', async () => {
    const rows = 3;
    const gradientOf = async (from: number, to: number) => {
      using model = await createModel({ ...spec, layers: [lstm(5)], output: dense(2) });
      const before = flatWeights(model.weights());
      using state = model.openState(to - from);
      using learner = createLearner(model, { k1: 6, k2: 6, loss: mse, optimizer: sgd(1), state });
      let scored = 0;
      for (let t = 1; t <= 6; t++) {
        const each = Array.from({ length: to - from }, (_, k) => (from + k) * 100 + t);
        // One element of one row is missing: that row's loss is of the other alone.
        const targets = each.flatMap((n) => [n === 104 ? undefined : yOf(n), yOf(n + 1)]);
        scored += learner.step(each.flatMap(xOf), targets).scored?.loss ?? NaN;
      }
      return { gradient: flatWeights(model.weights()).map((w, k) => before[k] - w), scored };
    };
    const all = await gradientOf(0, rows);
    const alone = await Promise.all([0, 1, 2].map((row) => gradientOf(row, row + 1)));
    const mean = all.gradient.map((_, k) => alone.reduce((sum, { gradient }) => sum + gradient[k], 0) / rows);
    expect(distance(all.gradient, mean)).toBeLessThan(1e-5);
    expect(all.scored).toBeCloseTo(alone.reduce((sum, { scored }) => sum + scored, 0) / rows, 5);
  });

  it('shares weights with other learners and predictors on the model at once, and nothing else', async () => {
    using model = await createModel(spec);
    const options = { k1: 1, k2: 3, loss: mse, optimizer };
    using teacher = createLearner(model, options);
    using other = createLearner(model, options);
    using state = model.openState();
    using reference = model.openState();
    for (let t = 1; t <= 5; t++) other.step(xOf(t), yOf(t));
    const before = { weights: model.weights(), state: other.state() };
    const stepped = model.step(xOf(1), state);
    expect(teacher.step(xOf(1), yOf(1)).updated).toBe(true);
    expect(model.weights()).not.toEqual(before.weights);
    expect(model.step(xOf(1), reference)).not.toEqual(stepped);
    expect(other.state()).toEqual(before.state);
    expect(other.counts.samples).toBe(5);
  });

  it('goes on bit for bit from a snapshot taken anywhere, in another learner on another model', async () => {
    const open = async (seed: number) => {
      const model = await createModel({ ...spec, seed });
      return { model, learner: createLearner(model, { k1: 4, k2: 3, loss: mse, optimizer, maxLag: 4, clipNorm: 1 }) };
    };
    const play = (learner: Learner, from: number, to: number) => {
      const results: unknown[] = [];
      for (let t = from; t < to; t++) {
        results.push(learner.step(xOf(t), t % 5 === 0 ? yOf(t) : undefined));
        if (t > 3 && t % 2 === 0) results.push(learner.label(t - 3, yOf(t - 3)));
      }
      return results;
    };
    const a = await open(1);
    const b = await open(2);
    for (const cut of [0, 1, 7, 40, 61]) {
      a.learner.reset();
      play(a.learner, 1, cut + 1);
      b.learner.restore(structuredClone(a.learner.snapshot()));
      expect(b.learner.snapshot()).toEqual(a.learner.snapshot());
      expect(play(b.learner, cut + 1, cut + 40)).toEqual(play(a.learner, cut + 1, cut + 40));
      expect(b.model.weights()).toEqual(a.model.weights());
      expect(b.learner.state()).toEqual(a.learner.state());
      expect(b.learner.counts).toEqual(a.learner.counts);
    }
    for (const { model, learner } of [a, b]) {
      learner.dispose();
      model.dispose();
    }
  });

  it('starts from a state that is given, which stays as it is; and from one put in place later', async () => {
    using model = await createModel(spec);
    using state = model.openState();
    for (let t = 1; t < 9; t++) model.step(xOf(t), state);
    const start = state.snapshot();
    const options = { k1: 100, k2: 4, loss: mse, optimizer };
    using given = createLearner(model, { ...options, state });
    using later = createLearner(model, options);
    using full = createLearner(model, { ...options, k1: Infinity, k2: Infinity, maxSteps: 9 });
    for (const learner of [later, full]) {
      learner.step(xOf(1), yOf(1));
      learner.restoreState(start);
      expect(learner.state()).toEqual(start);
      expect(learner.counts.updates).toBe(0);
    }
    const { output } = given.step(xOf(9));
    expect(state.snapshot()).toEqual(start);
    expect(later.step(xOf(9))).toMatchObject({ index: 1, output });
    expect(model.step(xOf(9), state)).toEqual(output);
    given.reset();
    expect(Object.values(given.state()).every((part) => part.every((value) => value === 0))).toBe(true);
  });

  it('has the last layer’s h for its output where the model has no readout, as the model’s own step has', async () => {
    using model = await createModel({ input: 2, layers: [lstm(3), lstm(5)] });
    for (const rows of [1, 40]) {
      using state = model.openState(rows);
      using learner = createLearner(model, { k1: 1, k2: 2, loss: mse, optimizer, state });
      const x = Array.from({ length: rows }, (_, row) => xOf(row)).flat();
      for (let t = 1; t <= 3; t++) {
        const output = model.step(x, state);
        expect(output).toEqual(state.snapshot()['layers.1.h']);
        expect(output.every((value) => value !== 0)).toBe(true);
        expect(learner.step(x).output).toEqual(output);
      }
      expect(learner.label(3, new Float32Array(rows * 5)).updated).toBe(true);
    }
  });

  it('overwrites a result that is given to it, and makes it as a fresh one would be', async () => {
    using model = await createModel(spec);
    const options = { k1: 2, k2: 3, loss: mse, optimizer };
    using one = createLearner(model, options);
    const weights = model.weights();
    const targets = [undefined, 0.5, NaN, 0.25, 0.5, undefined];
    const current = targets.map((y, t) => one.step(xOf(t), y));
    model.setWeights(weights);
    using two = createLearner(model, options);
    const out: LearnStep = { index: 0, output: new Float32Array(1), updated: false };
    const reused = targets.map((y, t) => {
      expect(two.step(xOf(t), y, out)).toBe(out);
      return structuredClone(out);
    });
    expect(reused).toEqual(current);
  });
});
