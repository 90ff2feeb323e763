import fc from 'fast-check';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { generate } from '../../../operators/networks/generate.js';
import { learn, learnStage } from '../../../operators/networks/learn.js';
import { inverseSigmoid } from '../../../operators/shared/feedback.js';
import { createModel, crossEntropy, dense, gru, type Learner, mse, sgd } from '../../../src/index.js';
import { Model } from '../../../src/nn/model/model.js';
import { describeOperator } from '../shared/laws.js';
import { inUse, model, number, runtime } from '../shared/smallModels.js';
import { withOwnModel } from '../shared/withOwnModel.js';
import { observe } from '../shared/worlds.js';

interface Fed {
  x: number;
  y: number;
}
// At a rate that is 0 as float32 the whole of learning runs, and the weights, which all subscriptions share, stay as they are.
const teaching = (horizon: 0 | 1) => ({
  horizon,
  target: ({ y }: Fed) => y,
  feedback: { input: ([y]: Float32Array, { x }: Fed) => [y, x], truth: () => 0.5, seed: 4 },
  resetWhen: ({ x }: Fed) => x > 0.9,
  k1: 2,
  k2: 3,
  loss: mse,
  optimizer: sgd(1e-300),
});
for (const horizon of [0, 1] as const) {
  describeOperator(`learn with feedback, ${horizon} ahead,`, {
    operator: () => learn<Fed>(model, teaching(horizon)),
    open: () => withOwnModel(new Model(runtime, model.spec), (own) => learnStage<Fed>(own, teaching(horizon))),
    sample: fc.record({ x: number, y: number }),
    bad: [{ x: Number.NaN, y: 0 }],
    inUse,
    without: { tolerant: 'as learn', failing: 'as learn' },
  });
}

describe('feedback in learn', () => {
  const values = Array.from({ length: 12 }, (_, t) => ({ x: t / 20, y: (t % 3) - 1 }));
  /** What stood before each sample, and what came out. */
  const run = (truth: (index: number) => number, horizon: 0 | 1) => {
    const before: number[] = [];
    const options = teaching(horizon);
    const feedback = {
      ...options.feedback,
      truth,
      input: ([y]: Float32Array, { x }: Fed) => {
        before.push(y);
        return [y, x];
      },
    };
    const { out } = observe(learn<Fed>(model, { ...options, feedback }), values);
    return { before, own: out.map(({ output }) => output[0]) };
  };

  it('is teacher forcing at 1: the target of the sample before, zeros before the first', () => {
    expect(run(() => 1, 0).before).toEqual([0, ...values.slice(0, -1).map(({ y }) => y)]);
    // One ahead, the target of the sample before is the one that has just come.
    expect(run(() => 1, 1).before).toEqual([0, ...values.slice(1).map(({ y }) => y)]);
  });

  it('is the closed loop at 0, the one that generate runs', () => {
    for (const horizon of [0, 1] as const) {
      const { before, own } = run(() => 0, horizon);
      expect(before).toEqual([0, ...own.slice(0, -1)]);
      const { out } = observe(generate<Fed>(model, { steer: ([y], { x }) => [y, x] }), values);
      expect(own).toEqual(out.map(([y]) => y));
    }
  });

  it('mixes them as often as it says, by its seed', () => {
    const many = Array.from({ length: 2000 }, () => ({ x: 0, y: 1 }));
    let truths = 0;
    const options = teaching(0);
    const feedback = {
      ...options.feedback,
      truth: () => 0.3,
      input: ([y]: Float32Array) => {
        if (y === 1) truths++;
        return [y, 0];
      },
    };
    observe(learn<Fed>(model, { ...options, feedback }), many);
    // 600 expected, standard deviation 20.5.
    expect(Math.abs(truths - 600)).toBeLessThan(4 * 20.5);
  });

  it('takes a class for its one-hot, and its own output where the target is missing', async () => {
    using classes = await createModel({
      input: 3,
      layers: [gru(3)],
      output: dense(3, { activation: 'softmax' }),
      seed: 2,
    });
    const seen: Float32Array[] = [];
    const input = new Subject<number>();
    const outputs: Float32Array[] = [];
    input
      .pipe(
        learn<number>(classes, {
          target: (k) => k,
          feedback: {
            input: (previous) => {
              seen.push(previous);
              return previous;
            },
          },
          k1: 1,
          k2: 2,
          loss: crossEntropy,
          optimizer: sgd(0.1),
        }),
      )
      .subscribe(({ output }) => outputs.push(output));
    for (const k of [2, Number.NaN, 0]) input.next(k);
    expect(seen).toEqual([Float32Array.of(0, 0, 0), Float32Array.of(0, 0, 1), outputs[1]]);
  });

  it('lets the share of truth fall as Bengio et al. say, and refuses what is no share', () => {
    const share = inverseSigmoid(100);
    expect(share(0)).toBeCloseTo(100 / 101, 12);
    expect(share(100 * Math.log(100))).toBeCloseTo(0.5, 12);
    fc.assert(
      fc.property(fc.nat(5000), fc.integer({ min: 1, max: 500 }), (i, more) => {
        expect(share(i + more)).toBeLessThanOrEqual(share(i));
      }),
    );
    expect(
      observe(learn<Fed>(model, { ...teaching(0), feedback: { ...teaching(0).feedback, truth: () => 2 } }), values)
        .error,
    ).toMatchObject({ code: 'invalid-option' });
    expect(() => inverseSigmoid(0)).toThrow(/k must be a number from 1/);
    expect(() => learn<Fed>(model, { ...teaching(0), features: () => [1, 2] })).toThrow(/features too/);
    expect(() => learn<Fed>(model, { ...teaching(0), horizon: 2 })).toThrow(/horizon 2/);
  });
});

it('learn hands out the learner of each subscription', () => {
  const learners: Learner[] = [];
  const options = { ...teaching(0), inspect: (learner: Learner) => learners.push(learner) };
  const input = new Subject<Fed>();
  const runs = [1, 2].map(() => input.pipe(learn<Fed>(model, options)).subscribe());
  for (let t = 0; t < 4; t++) input.next({ x: 0.1 * t, y: 1 });
  expect(learners).toHaveLength(2);
  expect(learners[0].gradientNormByLag()).toHaveLength(3);
  expect(Object.keys(learners[1].gates())).toContain('layers.0.f');
  for (const run of runs) run.unsubscribe();
});
