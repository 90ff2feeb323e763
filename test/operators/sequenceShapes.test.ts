import fc from 'fast-check';
import { from, of, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { inverseSigmoid } from '../../operators/feedback.js';
import { generate, generateStage } from '../../operators/generate.js';
import { learn, learnStage } from '../../operators/learn.js';
import { predict, predictStage } from '../../operators/predict.js';
import { createModel, crossEntropy, dense, gru, type Learner, lstm, mse, sgd } from '../../src/index.js';
import { Model } from '../../src/model/model.js';
import { startTfjs } from '../../src/runtime/tfjs.js';
import { describeOperator } from './laws.js';
import { observe } from './worlds.js';

const runtime = await startTfjs();
const model = await createModel({ input: 2, layers: [lstm(5)], output: dense(1), seed: 7 });
const loop = await createModel({ input: 1, layers: [gru(4)], output: dense(1), seed: 3 });
afterAll(() => {
  model.dispose();
  loop.dispose();
});
const inUse = () => runtime.heap.bytesInUse;
const number = fc.integer({ min: -100, max: 100 }).map((n) => n / 100);
const pair = fc.tuple(number, number);

const everyThird = { emit: 3, resetWhen: ([a]: number[]) => a < -0.8 };
const atBoundary = { emit: ([a]: number[]) => a > 0.5 };
for (const [name, options] of Object.entries({
  'every third output': everyThird,
  'output at a boundary': atBoundary,
})) {
  describeOperator(`predict's ${name}`, {
    operator: () => predict<number[]>(model, options),
    open: predictStage<number[]>(model, options),
    sample: pair,
    inUse,
    without: { bad: 'as predict', tolerant: 'as predict', failing: 'as predict' },
  });
}

const freeRun = { steps: 4, until: ([y]: Float32Array) => y > 0.2 };
describeOperator('generate on its own', {
  operator: () => generate<number>(loop, freeRun),
  open: generateStage<number>(loop, freeRun),
  sample: number,
  bad: [Number.NaN, JSON.parse('[1, 2]')],
  tolerant: (onInvalid) => generate<number>(loop, { ...freeRun, onInvalid }),
  failing: (when, error) =>
    generate<number>(loop, {
      steps: 1,
      prompt: (value) => {
        if (when()) throw error;
        return [value];
      },
    }),
  inUse,
});

const steered = { steer: ([y]: Float32Array, value: number) => [y, value], start: [0.3] };
describeOperator('generate steered', {
  operator: () => generate<number>(model, steered),
  open: generateStage<number>(model, steered),
  sample: number,
  bad: [Number.NaN],
  inUse,
  without: { tolerant: 'as on its own', failing: 'as on its own' },
});

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
    open: () => {
      // Its own model: learners that share one count each other's updates.
      const own = new Model(runtime, model.spec);
      const stage = learnStage<Fed>(own, teaching(horizon))();
      return {
        ...stage,
        dispose() {
          stage.dispose();
          own.dispose();
        },
      };
    },
    sample: fc.record({ x: number, y: number }),
    bad: [{ x: Number.NaN, y: 0 }],
    inUse,
    without: { tolerant: 'as learn', failing: 'as learn' },
  });
}

describe('predict speaks', () => {
  const outputs = (values: number[][]) => {
    using state = model.openState();
    return values.map((value) => model.step(value, state)[0]);
  };
  const marbles = { a: [0.1, 0.2], b: [-0.3, 0.9], c: [0.7, 0.4], d: [-0.9, 0.1] };

  it('at every n-th sample, counted anew from a reset', () => {
    new TestScheduler((got, want) => expect(got).toEqual(want)).run(({ hot, expectObservable }) => {
      const { a, b, c, d } = marbles;
      const [, ab, ,] = outputs([a, b]);
      const [, dc] = outputs([d, c]);
      const op = predict<number[]>(model, { emit: 2, resetWhen: ([x]) => x < -0.8 });
      const source = '  --a--b--a--d--c--|';
      const expected = '-----x--------y--|';
      expectObservable(hot(source, { a, b, c, d }).pipe(op)).toBe(expected, {
        x: Float32Array.of(ab),
        y: Float32Array.of(dc),
      });
    });
  });

  it('at the values that end a stretch', () => {
    const { a, b, c } = marbles;
    const { out } = observe(predict<number[]>(model, { emit: (value) => value === c }), [a, c, b, b, c, a]);
    const all = outputs([a, c, b, b, c, a]);
    expect(out).toEqual([Float32Array.of(all[1]), Float32Array.of(all[4])]);
  });

  it('and refuses another word for when', () => {
    expect(() => predict(model, { emit: 0 })).toThrow(/whole number ≥ 1 or a function, got 0/);
    expect(() => predict(model, { emit: JSON.parse('"often"') })).toThrow(/got often/);
  });
});

describe('generate', () => {
  const alone = (start: number, steps: number) => {
    using state = loop.openState();
    const out = [];
    for (let x = start, k = 0; k < steps; k++) {
      const [y] = loop.step(x, state);
      out.push(y);
      x = y;
    }
    return out;
  };

  it('feeds each output back in, anew from zeros for each value', () => {
    new TestScheduler((got, want) => expect(got).toEqual(want)).run(({ hot, expectObservable }) => {
      const [a, b, c] = alone(0.5, 3).map((y) => Float32Array.of(y));
      const [d, e, f] = alone(-1, 3).map((y) => Float32Array.of(y));
      const source = '  --x---------y--------|';
      const expected = '--(abc)-----(def)----|';
      expectObservable(hot(source, { x: 0.5, y: -1 }).pipe(generate<number>(loop, { steps: 3 }))).toBe(expected, {
        ...{ a, b, c },
        ...{ d, e, f },
      });
    });
  });

  it('warms up on a prompt, goes on from value to value with carry, and stops early', () => {
    const prompted: number[] = [];
    of([0.1, 0.2, 0.3])
      .pipe(generate<number[]>(loop, { steps: 2, prompt: (value) => value }))
      .subscribe(([y]) => prompted.push(y));
    using state = loop.openState();
    for (const x of [0.1, 0.2]) loop.step(x, state);
    const first = loop.step(0.3, state)[0];
    expect(prompted).toEqual([first, loop.step(first, state)[0]]);

    const carried: number[] = [];
    from([0.5, 0.25])
      .pipe(generate<number>(loop, { steps: 1, carry: true }))
      .subscribe(([y]) => carried.push(y));
    state.reset();
    expect(carried).toEqual([loop.step(0.5, state)[0], loop.step(0.25, state)[0]]);

    const heard: number[] = [];
    of(0.5)
      .pipe(generate<number>(loop, { steps: 50, until: () => heard.length === 3 }))
      .subscribe(([y]) => heard.push(y));
    expect(heard).toHaveLength(3);
  });

  it('is steered step by step, from the start given', () => {
    const { out } = observe(generate<number>(model, steered), [0.1, -0.2]);
    using state = model.openState();
    const y1 = model.step([0.3, 0.1], state);
    expect(out).toEqual([y1, model.step([y1[0], -0.2], state)]);
  });

  it('refuses what it cannot loop', () => {
    expect(() => generate(model, { steps: 3 })).toThrow(/feed must be given/);
    expect(() => generate(loop, { steps: 0 })).toThrow(/steps must be a whole number ≥ 1/);
    expect(() => generate(model, { steer: steered.steer, start: [1, 2] })).toThrow(/start must have 1 finite numbers/);
  });
});

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
