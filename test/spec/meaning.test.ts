import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.js';
import { mseReference } from '../../src/nn/losses/mse/reference.js';
import type { ReferenceTarget as Target } from '../../src/nn/losses/reference.js';
import { adamReference } from '../../src/nn/optimizers/adam/reference.js';
import { sgdReference } from '../../src/nn/optimizers/sgd/reference.js';
import { rowsOf } from '../golden/golden.js';
import { distance, rowsOfLayers, specLstm } from './layers.js';
import { createSpecLearner, type SpecWeights } from './learner.js';

const mse = { of: mseReference };
const flat = ({ layers, output }: SpecWeights) => [
  ...rowsOfLayers(layers).flat(),
  ...(output ? [...output.weight.flat(), ...output.bias] : []),
];

describe('what labels, masks, windows, resets and swaps mean', () => {
  const [I, H, O] = [2, 3, 1];
  const random = createRandom(23);
  const rows = (n: number, width: number) => rowsOf({ shape: [n, width], data: normals(n * width) });
  const normals = (n: number) => Array.from({ length: n }, random.normal);
  const draw = (): SpecWeights => ({
    layers: [
      { weight_ih: rows(4 * H, I), weight_hh: rows(4 * H, H), bias_ih: normals(4 * H), bias_hh: normals(4 * H) },
    ],
    output: { weight: rows(O, H), bias: normals(O) },
  });
  const weights = draw();
  const xs = rows(40, I);
  const ys = rows(40, O);
  const open = (options: {
    k1?: number;
    k2?: number;
    maxLag?: number;
    clipNorm?: number;
    clipValue?: number;
    lr?: number;
  }) => {
    const { k1 = 1, k2 = 4, maxLag = 100, lr = 0.1, ...clip } = options;
    const optimizer = { rule: adamReference, options: { lr } };
    return createSpecLearner({ layers: [specLstm()], weights, k1, k2, maxLag, loss: mse, optimizer, ...clip });
  };
  /** Plain descent at rate 1: a change of the weights is the gradient. */
  const createSgd = (options: {
    k1?: number;
    k2?: number;
    clipNorm?: number;
    clipValue?: number;
    schedule?: (k: number) => number;
  }) => {
    const optimizer = { rule: sgdReference, options: { lr: 1 } };
    return createSpecLearner({
      layers: [specLstm()],
      weights,
      k1: 1,
      k2: 4,
      maxLag: 0,
      loss: mse,
      optimizer,
      ...options,
    });
  };
  type Learner = Pick<ReturnType<typeof open>, 'step'>;
  const run = (learner: Learner, from: number, to: number, target = (t: number): Target | undefined => ys[t]) =>
    xs.slice(from, to).map((x, i) => learner.step(x, target(from + i)));

  it('samples without a label move the state and never learn', () => {
    const learner = open({});
    run(learner, 0, 10, () => undefined);
    expect(learner.weights()).toEqual(weights);
    expect(learner.counts()).toEqual({ updates: 0, unlabelled: 0, nonFinite: 0, late: 0 });
    const other = open({ k1: Number.POSITIVE_INFINITY });
    run(other, 0, 10);
    expect(learner.state()).toEqual(other.state());
  });

  it('updates when the front passes a multiple of k1: as often as ⌊F / k1⌋ counts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 9 }), fc.nat(20), (k1, k2, n) => {
        const learner = open({ k1, k2 });
        const updated = run(learner, 0, n).map((step) => step.updated);
        expect(updated).toEqual(xs.slice(0, n).map((_, t) => (t + 1) % k1 === 0));
      }),
      { numRuns: 20 },
    );
  });

  it('a front that leaps over several multiples of k1 makes one update', () => {
    const learner = open({ k1: 2 });
    run(learner, 0, 9, () => undefined);
    expect(learner.label(9, ys[8]).updated).toBe(true);
    expect(learner.counts().updates).toBe(1);
  });

  it('a label that comes late, in order, learns the same as one beside its sample while no weight changes between', () => {
    const beside = open({ k1: 6, k2: 6 });
    const late = open({ k1: 6, k2: 6 });
    const besides = run(beside, 0, 6);
    run(late, 0, 6, () => undefined);
    const labels = ys.slice(0, 6).map((y, t) => late.label(t + 1, y));
    expect(late.weights()).toEqual(beside.weights());
    expect(labels.map((l) => l.scored)).toEqual(besides.map((s) => s.scored));
  });

  it('the window ends at the front, not at the newest sample', () => {
    const learner = open({ k1: 5, k2: 3 });
    run(learner, 0, 9, () => undefined);
    const other = open({ k1: 5, k2: 3 });
    run(other, 0, 5, () => undefined);
    expect(learner.label(5, ys[4])).toEqual(other.label(5, ys[4]));
    expect(learner.weights()).toEqual(other.weights());
  });

  it('a label older than the front is only stored, and used by later windows', () => {
    const learner = open({ k1: 4, k2: 4 });
    const without = open({ k1: 4, k2: 4 });
    for (const each of [learner, without]) run(each, 0, 3, (t) => (t === 1 ? undefined : ys[t]));
    expect(learner.label(2, ys[1])).toMatchObject({ updated: false, scored: { index: 2, target: ys[1] } });
    expect(learner.weights()).toEqual(weights);
    run(learner, 3, 4);
    run(without, 3, 4);
    expect(learner.weights()).not.toEqual(without.weights());
    const all = open({ k1: 4, k2: 4 });
    run(all, 0, 4);
    expect(learner.weights()).toEqual(all.weights());
  });

  it('a masked target moves the front and teaches nothing', () => {
    const masked = open({ k1: 2, k2: 2 });
    const steps = run(masked, 0, 2, () => Number.NaN);
    expect(steps.map((s) => s.scored)).toEqual([undefined, undefined]);
    expect(masked.counts()).toMatchObject({ updates: 0, unlabelled: 1 });
    expect(masked.weights()).toEqual(weights);
    // One masked, one not: the mean is over the one.
    const half = open({ k1: 2, k2: 2 });
    run(half, 0, 2, (t) => (t === 0 ? Number.NaN : ys[t]));
    const unlabelled = open({ k1: 2, k2: 2 });
    run(unlabelled, 0, 2, (t) => (t === 0 ? undefined : ys[t]));
    expect(half.weights()).toEqual(unlabelled.weights());
  });

  it('the loss is the mean over the samples that have a target, not over the window', () => {
    const learner = createSgd({ k1: 2, k2: 2 });
    const [, { output }] = run(learner, 0, 2, (t) => (t === 0 ? Number.NaN : ys[t]));
    const bias = weights.output?.bias[0] ?? Number.NaN;
    // ∂(o − y)²/∂bias at a learning rate of 1.
    expect(bias - (learner.weights().output?.bias[0] ?? Number.NaN)).toBeCloseTo(2 * (output[0] - ys[1][0]), 12);
  });

  it('the front never moves back', () => {
    const learner = open({ k1: 4 });
    run(learner, 0, 4, (t) => (t === 1 ? undefined : ys[t]));
    learner.label(2, ys[1]);
    run(learner, 4, 7);
    expect(learner.counts().updates).toBe(1);
  });

  it('a schedule gives the factor of the learning rate by the number of the update, from 1', () => {
    const change = (schedule?: (k: number) => number) => {
      const learner = createSgd(schedule ? { schedule } : {});
      run(learner, 0, 1);
      const now = flat(learner.weights());
      return flat(weights).map((w, i) => w - now[i]);
    };
    const seen: number[] = [];
    const learner = createSgd({
      k1: 3,
      schedule: (k) => {
        seen.push(k);
        return 1;
      },
    });
    run(learner, 0, 7);
    learner.reset();
    run(learner, 7, 10);
    expect(seen).toEqual([1, 2, 3]);
    const half = change(() => 0.5);
    expect(
      distance(
        half,
        change().map((d) => d / 2),
      ),
    ).toBeLessThan(1e-12);
  });

  it('a label more than maxLag samples late is dropped and counted; one of no sample is refused', () => {
    const learner = open({ maxLag: 3 });
    run(learner, 0, 5, () => undefined);
    expect(learner.label(1, ys[0])).toEqual({ updated: false });
    expect(learner.counts()).toMatchObject({ late: 1, updates: 0 });
    expect(learner.label(2, ys[1]).updated).toBe(true);
    for (const index of [0, 6, 1.5]) expect(() => learner.label(index, 0)).toThrow(RangeError);
  });

  it('a window starts from the state that streaming computed then, also after the weights were swapped', () => {
    const learner = open({ k1: 6, k2: 3 });
    run(learner, 0, 3, () => undefined);
    const then = learner.state();
    learner.setWeights(draw());
    const swapped = learner.weights();
    run(learner, 3, 6, (t) => (t === 5 ? ys[t] : undefined));
    const { layers, output } = swapped;
    const own = createSpecLearner({
      layers: [specLstm()],
      weights: output ? { layers, output } : { layers },
      state: then,
      k1: 3,
      k2: 3,
      maxLag: 0,
      loss: mse,
      optimizer: { rule: adamReference, options: { lr: 0.1 } },
    });
    run(own, 3, 6, (t) => (t === 5 ? ys[t] : undefined));
    expect(learner.counts().updates).toBe(1);
    expect(learner.weights()).toEqual(own.weights());
  });

  it('a reset starts time, tape and state again; weights and optimizer go on', () => {
    const learner = open({ k1: 3 });
    run(learner, 0, 5);
    const after = learner.snapshot();
    learner.reset();
    expect(learner.weights()).toEqual(after.weights);
    expect(learner.snapshot().optimizer).toEqual(after.optimizer);
    expect(learner.state().every((s) => s.h.every((v) => v === 0) && (s.c ?? []).every((v) => v === 0))).toBe(true);
    expect(run(learner, 5, 8).map((s) => [s.index, s.updated])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
  });

  it('full BPTT learns once, at the reset, from the whole sequence up to the front', () => {
    const learner = open({ k1: Number.POSITIVE_INFINITY, k2: Number.POSITIVE_INFINITY });
    expect(run(learner, 0, 12).some((s) => s.updated)).toBe(false);
    expect(learner.reset().updated).toBe(true);
    expect(learner.reset().updated).toBe(false);
    const windowed = open({ k1: 12, k2: 12 });
    run(windowed, 0, 12);
    expect(learner.weights()).toEqual(windowed.weights());
  });

  it('a non-finite gradient skips the update and is counted', () => {
    const learner = open({});
    const before = learner.snapshot();
    const step = learner.step(xs[0], 1e308 * 10);
    expect(step.updated).toBe(false);
    expect(learner.counts()).toMatchObject({ updates: 0, nonFinite: 1 });
    expect(learner.weights()).toEqual(before.weights);
    expect(learner.snapshot().optimizer).toEqual(before.optimizer);
  });

  it('clips by value, then by the norm; the reported norm is the one before', () => {
    const change = (learner: ReturnType<typeof createSgd>) => {
      const { gradientNorm } = learner.step(xs[0], 30);
      const now = flat(learner.weights());
      return { gradientNorm, change: flat(weights).map((w, i) => w - now[i]) };
    };
    const raw = change(createSgd({}));
    const byValue = raw.change.map((g) => Math.max(-0.01, Math.min(0.01, g)));
    const norm = Math.sqrt(byValue.reduce((sum, g) => sum + g * g, 0));
    const clipped = change(createSgd({ clipValue: 0.01, clipNorm: 0.005 }));
    expect(clipped.gradientNorm).toBe(raw.gradientNorm);
    expect(norm).toBeGreaterThan(0.01);
    expect(
      distance(
        clipped.change,
        byValue.map((g) => (g * 0.005) / (norm + 1e-6)),
      ),
    ).toBeLessThan(1e-12);
  });

  it('goes on bit for bit from a snapshot, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.nat(15), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 8 }), (cut, k1, k2) => {
        const learner = open({ k1, k2 });
        run(learner, 0, cut, (t) => (t % 3 === 1 ? undefined : ys[t]));
        const other = open({ k1, k2 });
        other.restore(learner.snapshot());
        const rest = run(learner, cut, 20);
        expect(run(other, cut, 20)).toEqual(rest);
        expect(other.snapshot()).toEqual(learner.snapshot());
      }),
      { numRuns: 20 },
    );
  });
});
