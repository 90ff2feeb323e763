import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnStage } from '../../../operators/networks/learn.js';
import { createRandom } from '../../../src/core/random.js';
import type { DriftReactionOptions } from '../../../src/drift/driftReaction.js';
import { PageHinkley } from '../../../src/drift/pageHinkley.js';
import { adagrad, adam, dense, type LearnStep, lstm, mse, type Optimizer } from '../../../src/index.js';
import { Model } from '../../../src/nn/model/model.js';
import { startTfjs } from '../../../src/runtime/tfjs.js';

const runtime = await startTfjs();
const CHANGE = 3000;
type Pair = [x: number, y: number];

/** y follows the last two x; from row 3,000 on with the opposite sign. */
const stream = (seed: number, rows = 4000): Pair[] => {
  const random = createRandom(seed);
  let before = 0;
  return Array.from({ length: rows }, (_, t) => {
    const x = random.uniform() * 2 - 1;
    const y = (t < CHANGE ? 1 : -1) * (0.6 * x + 0.4 * before) + 0.02 * random.normal();
    before = x;
    return [x, y];
  });
};
const options = { target: ([, y]: Pair) => y, features: ([x]: Pair) => [x], k1: 1, k2: 8, loss: mse, clipNorm: 1 };
const createModelOn = () => new Model(runtime, { input: 1, layers: [lstm(8)], output: dense(1), seed: 2 });

function run(rows: readonly Pair[], rate: number | Optimizer, onDrift?: DriftReactionOptions) {
  using model = createModelOn();
  const stage = learnStage<Pair>(model, {
    ...options,
    optimizer: typeof rate === 'number' ? adam(rate) : rate,
    ...(onDrift && { onDrift }),
  })();
  const steps: LearnStep[] = [];
  for (const row of rows) stage.step(row, (step) => steps.push(step));
  stage.dispose();
  return steps;
}
const meanLoss = (steps: readonly LearnStep[], from: number, to: number) =>
  steps.slice(from, to).reduce((sum, { scored }) => sum + (scored?.loss ?? 0), 0) / (to - from);
const reactions = (steps: readonly LearnStep[]) => steps.flatMap(({ drift }, t) => (drift ? [t] : []));

describe('learn with onDrift', () => {
  it.each([1, 2, 3])('raiseRate recovers from an abrupt change in less loss than without, seed %i', (seed) => {
    const rows = stream(seed);
    const plain = run(rows, 1e-3);
    const reacting = run(rows, 1e-3, { react: 'raiseRate' });
    const at = reactions(reacting);
    expect(at.length).toBeGreaterThanOrEqual(1);
    expect(at[0]).toBeGreaterThanOrEqual(CHANGE);
    expect(at[0]).toBeLessThan(CHANGE + 100);
    expect(meanLoss(reacting, CHANGE + 100, CHANGE + 600)).toBeLessThan(
      0.8 * meanLoss(plain, CHANGE + 100, CHANGE + 600),
    );
    expect(reacting.slice(0, CHANGE).map(({ output }) => output)).toEqual(
      plain.slice(0, CHANGE).map(({ output }) => output),
    );
  });

  it.each([1, 2, 3])('resetOptimizer frees an Adagrad whose steps have become small, seed %i', (seed) => {
    const rows = stream(seed);
    const plain = run(rows, adagrad(0.03));
    const reacting = run(rows, adagrad(0.03), { react: 'resetOptimizer' });
    const late = (steps: readonly LearnStep[]) => meanLoss(steps, CHANGE + 100, CHANGE + 600);
    expect(reactions(reacting)).toHaveLength(1);
    expect(late(reacting)).toBeLessThan(0.8 * late(plain));
  });

  it.each([1, 2, 3])('rollback undoes what a burst of wrong targets has taught, seed %i', (seed) => {
    const rows = stream(seed, CHANGE).map(([x, y], t): Pair => [x, t >= 2000 && t < 2016 ? 20 : y]);
    const late = (steps: readonly LearnStep[]) => meanLoss(steps, 2040, 2200);
    expect(late(run(rows, 1e-2, { react: 'rollback' }))).toBeLessThan(0.05 * late(run(rows, 1e-2)));
  });

  it('does not react to a stream that does not change, nor to learning', () => {
    for (const seed of [1, 2, 3])
      expect(reactions(run(stream(seed, CHANGE), 1e-3, { react: 'raiseRate' }))).toEqual([]);
  });

  it('hands the learner to a reaction of one’s own', () => {
    const seen: number[] = [];
    run(stream(1, 3200), 1e-3, { react: ({ counts }) => seen.push(counts.samples) });
    expect(seen.length).toBeGreaterThan(0);
  });

  it.each(['raiseRate', 'resetOptimizer', 'rollback'] as const)('%s goes on bit for bit from a snapshot', (react) => {
    const rows = stream(4, 3400);
    const onDrift = { react, every: 50 };
    const whole = run(rows, 3e-3, onDrift).map(({ output, drift }) => [output[0], drift]);
    fc.assert(
      fc.property(fc.integer({ min: 2900, max: 3300 }), (cut) => {
        using model = createModelOn();
        const open = learnStage<Pair>(model, { ...options, optimizer: adam(3e-3), onDrift });
        const first = open();
        const out: [number, boolean | undefined][] = [];
        const keep = ({ output, drift }: LearnStep) => out.push([output[0], drift]);
        for (const row of rows.slice(0, cut)) first.step(row, keep);
        const saved = first.snapshot?.() ?? {};
        first.dispose();
        const second = open();
        second.restore?.(saved);
        for (const row of rows.slice(cut)) second.step(row, keep);
        second.dispose();
        expect(out).toEqual(whole);
      }),
      { numRuns: 2 },
    );
  });

  it('fails at the call on a broken option', () => {
    using model = createModelOn();
    const open = (onDrift: DriftReactionOptions) => () =>
      learnStage<Pair>(model, { ...options, optimizer: adam(1e-3), onDrift });
    expect(open({ react: 'raiseRate', factor: 1 })).toThrow('onDrift.factor must be above 1');
    expect(open({ react: 'raiseRate', updates: 0 })).toThrow('onDrift.updates must be a whole number');
    expect(open({ react: 'rollback', every: 0.5 })).toThrow('onDrift.every must be a whole number');
    expect(open({ react: 'raiseRate', detector: () => new PageHinkley({ threshold: -1 }) })).toThrow('threshold');
  });
});
