import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnStage } from '../../../operators/networks/learn.js';
import {
  type OutputInterval,
  outputIntervals,
  outputIntervalsStage,
} from '../../../operators/networks/outputIntervals.js';
import { createRandom } from '../../../src/core/random.js';
import { adam, dense, gaussianNll, type LearnStep, type Loss, lstm, mse, pinball } from '../../../src/index.js';
import { Model } from '../../../src/nn/model/model.js';
import { startTfjs } from '../../../src/runtime/tfjs.js';
import { describeOperator } from '../shared/laws.js';

const runtime = await startTfjs();
const quantiles = pinball(0.05, 0.5, 0.95);
const float = fc.float({ noNaN: true, min: -8, max: 8 });
const sample = fc.tuple(float, float, float, fc.option(float)).map(([a, b, c, y]): LearnStep => {
  const output = Float32Array.of(a, b, c);
  const scored = y === null ? undefined : { index: 1, output, target: new Float32Array(3).fill(y), loss: 1 };
  return { index: 1, output, updated: false, scored };
});

describeOperator<LearnStep, OutputInterval>('outputIntervals', {
  operator: () => outputIntervals({ loss: quantiles }),
  open: outputIntervalsStage({ loss: quantiles }),
  sample,
  without: {
    bad: 'it takes what learn has checked',
    tolerant: 'it takes what learn has checked',
    failing: 'it calls nothing',
  },
});

const stepOf = (output: number[], target?: number[]): LearnStep => ({
  index: 1,
  output: Float32Array.from(output),
  updated: false,
  scored: target && { index: 1, output: Float32Array.from(output), target: Float32Array.from(target), loss: 0 },
});
function read(loss: Loss, alpha: number, ...steps: LearnStep[]): OutputInterval[] {
  const stage = outputIntervalsStage({ loss, alpha })();
  const out: OutputInterval[] = [];
  for (const step of steps) stage.step(step, (interval) => out.push(interval));
  return out;
}

describe('outputIntervals', () => {
  it('takes the outermost quantiles as ends, crossed or not', () => {
    const [{ low, high, coverage }] = read(quantiles, 0.1, stepOf([3, 1, 2]));
    expect([low[0], high[0], coverage]).toEqual([1, 3, Number.NaN]);
  });

  it('scores by Winkler: the width, and 2/alpha times the miss', () => {
    const out = read(quantiles, 0.1, stepOf([1, 2, 3], [2, 2, 2]), stepOf([1, 2, 3], [4, 4, 4]));
    expect(out[0].meanScore).toBe(2);
    expect(out[1].meanScore).toBeCloseTo((2 + 2 + (2 / 0.1) * 1) / 2, 10);
    expect(out[1].coverage).toBe(0.5);
  });

  it('puts a normal’s ends at z deviations: 1.959964 for 0.05 (tables of the normal distribution)', () => {
    const [{ low, high }] = read(gaussianNll, 0.05, stepOf([10, -1, 2 * Math.log(2), 0]));
    expect(high[0]).toBeCloseTo(10 + 2 * 1.959964, 5);
    expect(low[0]).toBeCloseTo(10 - 2 * 1.959964, 5);
    expect(high[1]).toBeCloseTo(-1 + 1.959964, 5);
  });

  it('leaves missing elements out', () => {
    const out = read(gaussianNll, 0.1, stepOf([0, 0, 0, 0], [Number.NaN, 0]));
    expect(out[0].coverage).toBe(1);
  });

  it.each([
    ['pinball', quantiles, 3],
    ['gaussianNll', gaussianNll, 2],
  ] as const)('%s covers what it promises within 5 %% where the noise follows the input', (_, loss, outputs) => {
    const random = createRandom(5);
    using model = new Model(runtime, { input: 1, layers: [lstm(8)], output: dense(outputs), seed: 1 });
    // Not clipped: a clipped surprise teaches too small a variance.
    const options = { k1: 16, k2: 16, loss, optimizer: adam(1e-2) };
    const learner = learnStage<[number, number]>(model, { ...options, features: ([x]) => [x], target: ([, y]) => y })();
    const reader = outputIntervalsStage({ loss, alpha: 0.1 })();
    const covered: number[] = [];
    for (let t = 0; t < 8000; t++) {
      const x = random.uniform();
      learner.step([x, x + (0.1 + x) * random.normal()], (step) =>
        reader.step(step, ({ low, high }) => {
          const target = step.scored?.target[0] ?? Number.NaN;
          if (t >= 4000) covered.push(target >= low[0] && target <= high[0] ? 1 : 0);
        }),
      );
    }
    learner.dispose();
    const share = covered.reduce((sum: number, one) => sum + one, 0) / covered.length;
    expect(Math.abs(share - 0.9)).toBeLessThan(0.05);
  });

  it('fails at the call on a loss that means no interval', () => {
    expect(() => outputIntervals({ loss: mse })).toThrow('loss must be gaussianNll or pinball');
    expect(() => outputIntervals({ loss: pinball(0.5) })).toThrow('of two quantiles or more, got pinball(0.5)');
    expect(() => outputIntervals({ loss: gaussianNll, alpha: 0 })).toThrow('alpha must be above 0 and below 1');
  });
});
