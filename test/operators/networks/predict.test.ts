import fc from 'fast-check';
import { from, NEVER, of, Subject, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { type PredictOptions, predict, predictStage } from '../../../operators/networks/predict.js';
import { createLearner, createModel, dense, lstm, mse, type Sample, sgd } from '../../../src/index.js';
import { Model } from '../../../src/nn/model/model.js';
import { startTfjs } from '../../../src/runtime/tfjs.js';
import { describeOperator } from '../shared/laws.js';

const runtime = await startTfjs();
const { heap } = runtime;
const model = new Model(runtime, { input: 2, layers: [lstm(5), lstm(3)], output: dense(2), seed: 4 });
const sample = fc.tuple(fc.float({ noNaN: true, min: -9, max: 9 }), fc.float({ noNaN: true, min: -9, max: 9 }));
const bad: [number, number][] = [
  [Number.NaN, 1],
  [1, Number.POSITIVE_INFINITY],
  [1, Number.NEGATIVE_INFINITY],
];
const xs: [number, number][] = Array.from({ length: 12 }, (_, t) => [t / 6 - 1, (t % 3) - 1]);
/** What the model says to the samples, from zeros. */
const alone = (samples: readonly Sample[]) => {
  using state = model.openState();
  return samples.map((x) => model.step(x, state));
};
const marbles = (test: Parameters<TestScheduler['run']>[0]) =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(test);
const run = <In>(values: readonly In[], options?: PredictOptions<In>) => {
  const out: Float32Array[] = [];
  const errors: unknown[] = [];
  from(values)
    .pipe(predict(model, options))
    .subscribe({ next: (y) => out.push(y), error: (error) => errors.push(error) });
  return { out, errors };
};

const laws = {
  sample,
  bad,
  inUse: () => heap.bytesInUse,
  failing: (when: () => boolean, error: Error) =>
    predict(model, {
      features: (x: [number, number]) => {
        if (when()) throw error;
        return x;
      },
    }),
};
describeOperator<[number, number], Float32Array>('predict', {
  ...laws,
  operator: () => predict(model),
  open: predictStage(model),
  tolerant: (onInvalid) => predict(model, { onInvalid }),
});
describeOperator<[number, number], Float32Array>('predict, many to one', {
  ...laws,
  operator: () => predict(model, { emit: 'last' }),
  open: predictStage(model, { emit: 'last' }),
  tolerant: (onInvalid) => predict(model, { emit: 'last', onInvalid }),
});

describe('predict', () => {
  const [a, b, c] = xs;
  const [A, B, C] = alone(xs);

  it('answers each sample in its turn, the state carried on', () =>
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('   --a--b-c--|', { a, b, c });
      const subscription = ' ^---------!';
      const expected = '     --A--B-C--|';
      expectObservable(source.pipe(predict(model))).toBe(expected, { A, B, C });
      expectSubscriptions(source.subscriptions).toBe(subscription);
    }));

  it('says one thing at the end with emit last: what it makes of the whole sequence', () =>
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('   --a--b-c--|    ', { a, b, c });
      const expected = '     ----------(C|)';
      expectObservable(source.pipe(predict(model, { emit: 'last' }))).toBe(expected, { C });
      expectSubscriptions(source.subscriptions).toBe('^---------!');
    }));

  it('says nothing with emit last when nothing came, when the source fails, or when it is left', () =>
    marbles(({ hot, cold, expectObservable }) => {
      const last = predict<[number, number]>(model, { emit: 'last' });
      expectObservable(cold<[number, number]>('--|').pipe(last)).toBe('--|');
      expectObservable(cold('--a--#', { a }).pipe(last)).toBe('-----#');
      expectObservable(hot('--a----', { a }).pipe(last), '^---!').toBe('-----');
    }));

  it('passes on an error, and lets go of its source when it is left', () =>
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      expectObservable(hot('--a--#', { a }).pipe(predict(model))).toBe('--A--#', { A });
      const source = hot('--a--b--c--|', { a, b, c });
      expectObservable(source.pipe(predict(model)), '^-----!').toBe('--A--B-', { A, B });
      expectSubscriptions(source.subscriptions).toBe('^-----!');
    }));

  it('takes numbers, arrays and Float32Arrays alike, and what a selector finds in objects', () => {
    const expected = alone(xs);
    expect(run(xs).out).toEqual(expected);
    expect(run(xs.map((x) => Float64Array.from(x))).out).toEqual(expected);
    expect(
      run(
        xs.map(([p, q]) => ({ p, q })),
        { features: ({ p, q }) => [p, q] },
      ).out,
    ).toEqual(expected);
    using narrow = new Model(runtime, { input: 1, layers: [lstm(3)] });
    const seen = (values: Sample[]) => {
      let out: Float32Array[] = [];
      from(values)
        .pipe(predict(narrow), toArray())
        .subscribe((all) => {
          out = all;
        });
      return out;
    };
    expect(seen([0.5, -1])).toEqual(seen([[0.5], Float32Array.of(-1)]));
  });

  it('gives away what it emits: nothing overwrites it, and changing it changes nothing', () => {
    const kept: Float32Array[] = [];
    from(xs)
      .pipe(predict(model))
      .subscribe((y) => {
        kept.push(y.slice());
        y.fill(99);
      });
    expect(kept).toEqual(alone(xs));
  });

  it('goes on from a state that is given, moves it, and leaves it to its owner', () => {
    using state = model.openState();
    const first = run(xs.slice(0, 5), { state });
    const second = run(xs.slice(5), { state });
    expect([...first.out, ...second.out]).toEqual(alone(xs));
    expect(() => model.step([1, 1], state)).not.toThrow();
  });

  it('follows the model’s weights as they change', () => {
    using taught = new Model(runtime, model.spec);
    const weights = taught.weights();
    const input = new Subject<Sample>();
    const out: Float32Array[] = [];
    input.pipe(predict(taught)).subscribe((y) => out.push(y));
    input.next(xs[0]);
    const bias = { shape: [2], data: Float32Array.of(10, 20) };
    taught.setWeights({ ...weights, 'output.bias': bias });
    input.next(xs[1]);
    input.complete();
    expect([...out[1]]).toEqual(
      [...B]
        .map((y, i) => Math.fround(y - weights['output.bias'].data[i] + bias.data[i]))
        .map((y) => expect.closeTo(y, 5)),
    );
  });

  it('has two subscriptions at once that share nothing', () => {
    const inputs = [new Subject<Sample>(), new Subject<Sample>()];
    const outs: Float32Array[][] = [[], []];
    const operator = predict(model);
    inputs.forEach((input, k) => {
      input.pipe(operator).subscribe((y) => outs[k].push(y));
    });
    const reversed = [...xs].reverse();
    xs.forEach((x, t) => {
      inputs[0].next(x);
      inputs[1].next(reversed[t]);
    });
    expect(outs).toEqual([alone(xs), alone(reversed)]);
    for (const input of inputs) input.complete();
  });

  it('holds no byte after 10,000 subscriptions that ended, failed or were left', () => {
    const bytes = heap.bytesInUse;
    for (let round = 0; round < 10_000; round++) {
      if (round % 3 === 0) of(xs[0], xs[1]).pipe(predict(model)).subscribe();
      else if (round % 3 === 1)
        of(bad[0])
          .pipe(predict(model))
          .subscribe({ error: () => {} });
      else NEVER.pipe(predict(model)).subscribe().unsubscribe();
    }
    expect(heap.bytesInUse).toBe(bytes);
  });

  it('names the operator, the sample, what was expected and what came', () => {
    const values: unknown[] = [xs[0], [1, Number.NaN]];
    expect(run(values as Sample[]).errors).toEqual([
      expect.objectContaining({
        code: 'invalid-sample',
        message:
          "predict: sample 2 must have 2 finite numbers, got NaN at position 1; fill or drop gaps upstream, or set onInvalid to 'skip' or 'hold'",
      }),
    ]);
  });

  it('refuses wrong options at the call, before any subscription', () => {
    const options = (given: object) => () => predict(model, given);
    expect(options({ emit: 'all' })).toThrow(
      "predict: emit must be 'each', 'last', a whole number ≥ 1 or a function, got all",
    );
    expect(options({ onInvalid: 'drop' })).toThrow("predict: onInvalid must be 'error', 'skip' or 'hold', got drop");
    using state = model.openState(2);
    expect(options({ state })).toThrow('predict: state must have one row, got 2; step several rows with model.step');
  });

  it('fails the stream, not the call, when the model is disposed', () => {
    const gone = new Model(runtime, model.spec);
    const input = new Subject<Sample>();
    const errors: unknown[] = [];
    input.pipe(predict(gone)).subscribe({ error: (error) => errors.push(error) });
    gone.dispose();
    input.next(xs[0]);
    of(xs[0])
      .pipe(predict(gone))
      .subscribe({ error: (error) => errors.push(error) });
    const disposed = expect.objectContaining({ code: 'disposed' });
    expect(errors).toEqual([disposed, disposed]);
  });
});

describe('using', () => {
  it('frees a stage, a state, a learner and a model at the end of their block', async () => {
    const before = heap.bytesInUse;
    {
      using own = await createModel({ input: 2, layers: [lstm(3)], output: dense(1) });
      using state = own.openState(4);
      using learner = createLearner(own, { k1: 1, k2: 2, loss: mse, optimizer: sgd(0.1) });
      using stage = predictStage<[number, number]>(own)();
      own.step(new Float32Array(8), state);
      learner.step([1, 2], 1);
      stage.step([1, 2], () => {});
      expect(heap.bytesInUse).toBeGreaterThan(before);
    }
    expect(heap.bytesInUse).toBe(before);
  });
});
