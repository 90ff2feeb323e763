import fc from 'fast-check';
import { defer, finalize, from, type OperatorFunction } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type LearnOptions, learn, learnStage } from '../../../operators/networks/learn.js';
import { adam, createLearner, crossEntropy, dense, gru, type LearnStep, lstm, mae, mse } from '../../../src/index.js';
import { Model } from '../../../src/nn/model/model.js';
import { startTfjs } from '../../../src/runtime/tfjs.js';
import { describeOperator } from '../shared/laws.js';

type Pair = [x: number, y: number];
const runtime = await startTfjs();
const createModelOn = (outputs: number) =>
  new Model(runtime, { input: 2, layers: [gru(4), lstm(3)], output: dense(outputs), seed: 4 });
const taught = { k1: 2, k2: 5, loss: mse, optimizer: adam(1e-2), clipNorm: 1 };
const horizons = [0, 2, 5];
const target = ([, y]: Pair) => [y, -y];
const element = fc.float({ noNaN: true, min: -2, max: 2 });
const sample = fc.tuple(element, element);

const opening =
  (options: LearnOptions<Pair>): OperatorFunction<Pair, LearnStep> =>
  (source) =>
    defer(() => {
      const model = createModelOn(6);
      return source.pipe(
        learn(model, options),
        finalize(() => model.dispose()),
      );
    });

describeOperator<Pair, LearnStep>('learn, several horizons at once,', {
  operator: () => opening({ ...taught, horizon: horizons, target }),
  open: () => {
    const model = createModelOn(6);
    const stage = learnStage<Pair>(model, { ...taught, horizon: horizons, target })();
    return {
      ...stage,
      dispose() {
        stage.dispose();
        model.dispose();
      },
    };
  },
  sample,
  bad: [
    [Number.NaN, 1],
    [1, Number.POSITIVE_INFINITY],
  ],
  without: { tolerant: 'as learn' },
  failing: (when, error) =>
    opening({
      ...taught,
      horizon: horizons,
      target: (value) => {
        if (when()) throw error;
        return target(value);
      },
    }),
  inUse: () => runtime.heap.bytesInUse,
  runs: 8,
});

/** The steps of a run over a fresh model, and the weights that it leaves. */
function run(values: readonly Pair[], options: LearnOptions<Pair>, outputs = 6) {
  using model = createModelOn(outputs);
  const steps: LearnStep[] = [];
  from(values)
    .pipe(learn(model, options))
    .subscribe((step) => steps.push(step));
  return { steps, weights: model.weights() };
}

describe('several horizons', () => {
  it('are a learner that gets the whole target when its last part has come', () =>
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 24 }), (values) => {
        using model = createModelOn(6);
        using learner = createLearner(model, { ...taught, maxLag: 5 });
        const expected = values.map((x, i) => {
          const step = learner.step(x);
          const t = i + 1 - 5;
          if (t < 1) return step;
          const whole = horizons.flatMap((h) => target(values[t + h - 1]));
          return { ...step, ...learner.label(t, whole) };
        });
        const reported = run(values, { ...taught, horizon: horizons, target });
        expect(reported.steps).toEqual(expected);
        expect(reported.weights).toEqual(model.weights());
      }),
      { numRuns: 20 },
    ));

  it('are one horizon, bit for bit, where there is one in the list', () => {
    const values: Pair[] = Array.from({ length: 30 }, (_, t) => [t % 3, (t % 5) / 5]);
    const one = { ...taught, target: ([, y]: Pair) => y };
    for (const horizon of [0, 1, 4])
      expect(run(values, { ...one, horizon: [horizon] }, 1)).toEqual(run(values, { ...one, horizon }, 1));
  });

  it('hold against each output the value that came so many samples later', () => {
    const values: Pair[] = Array.from({ length: 12 }, (_, t) => [0, t + 1]);
    const { steps } = run(values, { ...taught, horizon: [1, 3], target: ([, y]) => y, loss: mae }, 2);
    expect(steps.flatMap(({ scored }) => (scored ? [[scored.index, ...scored.target]] : []))).toEqual(
      Array.from({ length: 9 }, (_, i) => [i + 1, i + 2, i + 4]),
    );
    for (const { scored } of steps) if (scored) expect(scored.output).toEqual(steps[scored.index - 1].output);
  });

  it('mask the part of a value that has no target, and learn from the others', () => {
    const values: Pair[] = Array.from({ length: 8 }, (_, t) => [0, t + 1]);
    const odd = ([, y]: Pair) => (y % 2 === 1 ? y : undefined);
    const { steps } = run(values, { ...taught, horizon: [1, 2], target: odd }, 2);
    expect(steps.flatMap(({ scored }) => (scored ? [[scored.index, ...scored.target]] : []))).toEqual([
      [1, Number.NaN, 3],
      [2, 3, Number.NaN],
      [3, Number.NaN, 5],
      [4, 5, Number.NaN],
      [5, Number.NaN, 7],
      [6, 7, Number.NaN],
    ]);
  });

  it('start again with a sequence: no part of the one before is held against it', () => {
    const values: Pair[] = Array.from({ length: 14 }, (_, t) => [t === 7 ? 1 : 0, t + 1]);
    const options = { ...taught, horizon: [1, 3], target: ([, y]: Pair) => y, resetWhen: ([x]: Pair) => x === 1 };
    const scored = run(values, options, 2).steps.flatMap((step) => (step.scored ? [[...step.scored.target]] : []));
    expect(scored).toEqual([2, 3, 4, 5, 9, 10, 11, 12].slice(0, scored.length).map((y) => [y, y + 2]));
    expect(scored.length).toBe(8);
  });

  it('are checked at the call', () => {
    using model = createModelOn(4);
    using classes = new Model(runtime, {
      input: 2,
      layers: [gru(2)],
      output: dense(4, { activation: 'softmax' }),
    });
    const call = (horizon: number[]) => () => learn<Pair>(model, { ...taught, horizon, target });
    for (const wrong of [[], [2, 1], [1, 1], [0.5], [-1, 1]]) expect(call(wrong)).toThrow('learn: horizon must be');
    expect(call([1, 2, 3])).toThrow("learn: 3 horizons must share the target's 4 numbers evenly");
    expect(() => learn<Pair>(classes, { ...taught, loss: crossEntropy, horizon: [1, 2], target: () => 1 })).toThrow(
      'learn: several horizons must have a loss of independent outputs, got crossEntropy',
    );
  });
});
