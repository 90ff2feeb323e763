import { from, NEVER, of, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { type LearnOptions, learn, learnStage } from '../../../operators/networks/learn.js';
import { predict } from '../../../operators/networks/predict.js';
import { adam, createLearner, type LearnStep, sgd } from '../../../src/index.js';
import { bad, createModelOn, heap, learnAgain, type Pair, run, target, taught, xs } from './learnAgain.js';

describe('learn', () => {
  const options: LearnOptions<Pair> = { ...taught, k1: 2, k2: 5, target };

  it('answers each sample in its turn, and ends with its source', () =>
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(
      ({ hot, expectObservable, expectSubscriptions }) => {
        const [a, b, c] = xs;
        const [A, B, C] = run(xs, options).out;
        const source = hot('--a--b-c--|', { a, b, c });
        expectObservable(source.pipe(learnAgain(options))).toBe('--A--B-C--|', { A, B, C });
        expectObservable(source.pipe(learnAgain(options)), '^-----!').toBe('--A--B-', { A, B });
        expectSubscriptions(source.subscriptions).toBe(['^---------!', '^-----!']);
      },
    ));

  it('is the learner, sample by sample', () => {
    using model = createModelOn();
    using learner = createLearner(model, options);
    const steps = xs.map((x) => learner.step(x, x[0]));
    const { out, weights } = run(xs, options);
    expect(out).toEqual(steps);
    expect(weights).toEqual(model.weights());
    expect(out.filter(({ updated }) => updated).map(({ index }) => index)).toEqual(
      xs.flatMap((_, t) => (t % 2 ? t + 1 : [])),
    );
  });

  it('scores each prediction when the value it was made for has come, before it learns from it', () => {
    const horizon = 3;
    const { out } = run(xs, { ...options, horizon });
    out.forEach(({ index, scored }, t) => {
      expect(index).toBe(t + 1);
      if (t < horizon) {
        expect(scored).toBeUndefined();
        return;
      }
      const made = out[t - horizon].output;
      expect(scored).toEqual({
        index: index - horizon,
        output: made,
        target: Float32Array.of(xs[t][0]),
        loss: expect.closeTo((made[0] - Math.fround(xs[t][0])) ** 2, 6),
      });
    });
    // The front is horizon behind: so are the updates.
    expect(out.filter(({ updated }) => updated).map(({ index }) => (index - horizon) % 2)).toEqual(Array(18).fill(0));
  });

  it('is prequential: a sample’s output does not know its own target', () => {
    const other = xs.map((x, t): Pair => (t === 9 ? [0.9, x[1]] : x));
    const outputs = (values: Pair[]) => {
      const seen = run(values, { ...options, features: ([, q]) => [q, q], k1: 1 }).out;
      return seen.map(({ output }) => output);
    };
    const [one, two] = [outputs(xs), outputs(other)];
    expect(one.slice(0, 10)).toEqual(two.slice(0, 10));
    expect(one[10]).not.toEqual(two[10]);
  });

  it('learns: the loss of a series that repeats falls by far', () => {
    const many = Array.from({ length: 80 }, () => xs.slice(0, 21)).flat();
    const losses = run(many, { ...options, optimizer: adam(2e-2), k1: 1, k2: 8, horizon: 1 }).out.flatMap(
      ({ scored }) => scored?.loss ?? [],
    );
    const mean = (part: number[]) => part.reduce((sum, loss) => sum + loss, 0) / part.length;
    expect(mean(losses.slice(-200))).toBeLessThan(mean(losses.slice(0, 200)) / 10);
  });

  it('starts a new sequence where resetWhen says so: state, numbers and window, but not weights', () => {
    using model = createModelOn();
    using learner = createLearner(model, options);
    const resetWhen = ([, q]: Pair) => q === 5;
    const values = xs.map((x, t): Pair => (t === 7 || t === 20 ? [x[0], 5] : x));
    const { out, weights } = run(values, { ...options, resetWhen });
    const expected = values.map((x) => {
      if (resetWhen(x)) learner.reset();
      return learner.step(x, x[0]);
    });
    expect(out).toEqual(expected);
    expect(out.map(({ index }) => index).slice(5, 9)).toEqual([6, 7, 1, 2]);
    expect(weights).toEqual(model.weights());
  });

  it('learns whole sequences at their end: at resetWhen and at completion', () => {
    const full = { ...options, k1: Infinity, k2: Infinity, maxSteps: 10, resetWhen: ([, q]: Pair) => q === 5 };
    const values: Pair[] = [...xs.slice(0, 6), [0, 5], ...xs.slice(0, 3)];
    using model = createModelOn();
    using learner = createLearner(model, full);
    const first = model.weights();
    values.forEach((x, t) => {
      if (t === 6) expect(learner.reset().updated).toBe(true);
      learner.step(x, x[0]);
    });
    const second = model.weights();
    learner.reset();
    const { weights } = run(values, full);
    expect(weights).toEqual(model.weights());
    expect(new Set([first, second, weights].map((each) => JSON.stringify(each))).size).toBe(3);
  });

  it('has masked and absent targets: NaN moves the front, undefined does not', () => {
    const masked = run(xs.slice(0, 2), { ...options, target: () => NaN });
    const absent = run(xs.slice(0, 2), { ...options, target: () => undefined });
    const partly = run(xs.slice(0, 2), { ...options, target: ([y]) => [y] });
    expect(masked.weights).toEqual(absent.weights);
    expect(partly.weights).not.toEqual(absent.weights);
    for (const { out } of [masked, absent]) expect(out.every(({ scored, updated }) => !scored && !updated)).toBe(true);
  });

  it('skips a bad sample as if it had not come, holds the last good one, and learns nothing from a held one', () => {
    const at = 12;
    const dirty = [...xs.slice(0, at), bad[0], ...xs.slice(at)];
    expect(run(dirty, { ...options, onInvalid: 'skip' })).toEqual(run(xs, options));
    const held = [...xs.slice(0, at), xs[at - 1], ...xs.slice(at)];
    let n = 0;
    const blind = run(held, { ...options, target: ([y]) => (n++ === at ? NaN : y) });
    expect(run(dirty, { ...options, onInvalid: 'hold' })).toEqual(blind);
    expect(run([bad[0], bad[1], ...xs], { ...options, onInvalid: 'hold' })).toEqual(run(xs, options));
  });

  it('keeps a sequence’s start, though its first sample is skipped', () => {
    const resetWhen = ([p]: Pair) => Number.isNaN(p);
    const { out } = run([...xs.slice(0, 5), bad[0], ...xs.slice(0, 3)], { ...options, resetWhen, onInvalid: 'skip' });
    expect(out.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 1, 2, 3]);
  });

  it.each([0, 1])('refuses a bad target before anything has moved, %i ahead', (horizon) => {
    const wrong = [Infinity, [1, 2], 'high', null];
    for (const y of wrong) {
      using model = createModelOn();
      const open = learnStage<Pair>(model, { ...options, horizon, target: ([p]) => (p === 99 ? (y as number) : p) });
      const stage = open();
      for (const x of xs) stage.step(x, () => {});
      const before = { stage: stage.snapshot?.(), weights: model.weights() };
      expect(() => stage.step([99, 1], () => expect.fail('emitted'))).toThrow(
        expect.objectContaining({
          code: 'invalid-sample',
          message: expect.stringMatching(
            /^learn: the target of sample 41 must be 1 finite numbers .* got .*; give one/,
          ),
        }),
      );
      expect({ stage: stage.snapshot?.(), weights: model.weights() }).toEqual(before);
      stage.dispose();
    }
  });

  it.each([0, 1])('takes a bad target for a missing one under skip and hold, %i ahead', (horizon) => {
    const bare = { ...options, horizon };
    const missing = run(xs, { ...bare, target: ([p]) => (p > 0.8 ? NaN : p) });
    for (const onInvalid of ['skip', 'hold'] as const)
      expect(run(xs, { ...bare, onInvalid, target: ([p]) => (p > 0.8 ? Infinity : p) })).toEqual(missing);
  });

  it('does not reset for a sample that it refuses', () => {
    using model = createModelOn();
    const stage = learnStage<Pair>(model, { ...options, resetWhen: ([p]) => Number.isNaN(p) })();
    for (const x of xs) stage.step(x, () => {});
    const before = stage.snapshot?.();
    expect(() => stage.step(bad[0], () => {})).toThrow(expect.objectContaining({ code: 'invalid-sample' }));
    expect(stage.snapshot?.()).toEqual(before);
    stage.dispose();
  });

  it('starts each subscription from a given state, which it does not move', () => {
    using model = createModelOn();
    using state = model.openState();
    for (const x of xs.slice(0, 9)) model.step(x, state);
    const start = state.snapshot();
    const outputs = [0, 1].map(() => {
      let first: Float32Array | undefined;
      of(xs[9])
        .pipe(learn(model, { ...options, state }))
        .subscribe(({ output }) => {
          first = output;
        });
      return first;
    });
    expect(state.snapshot()).toEqual(start);
    const expected = model.step(xs[9], state);
    expect(outputs).toEqual([expected, expected]);
  });

  it('gives away what it emits: nothing overwrites it', () => {
    using model = createModelOn();
    const kept: LearnStep[] = [];
    const then: LearnStep[] = [];
    from(xs)
      .pipe(learn(model, { ...options, horizon: 2 }))
      .subscribe((step) => {
        kept.push(step);
        then.push(structuredClone(step));
      });
    expect(kept).toEqual(then);
  });

  it('teaches a model that others follow at once: two learners and a predictor', () => {
    using model = createModelOn();
    const inputs = [0, 1, 2].map(() => new Subject<Pair>());
    const seen: unknown[][] = [[], [], []];
    const slow = { ...options, k1: 1, optimizer: sgd(0.1) };
    inputs[0].pipe(learn(model, slow)).subscribe((step) => seen[0].push(step));
    inputs[1].pipe(learn(model, slow)).subscribe((step) => seen[1].push(step));
    inputs[2].pipe(predict(model)).subscribe((y) => seen[2].push(y));
    using twin = createModelOn();
    using one = createLearner(twin, slow);
    using two = createLearner(twin, slow);
    using state = twin.openState();
    const expected: unknown[][] = [[], [], []];
    for (const x of xs) {
      for (const input of inputs) input.next(x);
      expected[0].push(one.step(x, x[0]));
      expected[1].push(two.step(x, x[0]));
      expected[2].push(twin.step(x, state));
    }
    expect(seen).toEqual(expected);
    expect(model.weights()).toEqual(twin.weights());
    for (const input of inputs) input.complete();
  });

  it('holds no byte after 10,000 subscriptions that ended, failed or were left', () => {
    using model = createModelOn();
    const bytes = heap.bytesInUse;
    for (let round = 0; round < 10_000; round++) {
      if (round % 3 === 0) of(xs[0], xs[1]).pipe(learn(model, options)).subscribe();
      else if (round % 3 === 1)
        of(bad[0])
          .pipe(learn(model, options))
          .subscribe({ error: () => {} });
      else NEVER.pipe(learn(model, options)).subscribe().unsubscribe();
    }
    expect(heap.bytesInUse).toBe(bytes);
  });

  it('refuses wrong options at the call, before any subscription', () => {
    using model = createModelOn();
    const call = (given: object) => () => learn(model, { ...options, ...given });
    expect(call({ target: 'y' })).toThrow('learn: target must be a function of the value, got y; e.g. (s) => s[0]');
    expect(call({ horizon: -1 })).toThrow(
      'learn: horizon must be a whole number ≥ 0, or several in rising order, got -1',
    );
    expect(call({ horizon: 1.5 })).toThrow('learn: horizon must be');
    expect(call({ onInvalid: 'drop' })).toThrow("learn: onInvalid must be 'error', 'skip' or 'hold', got drop");
    expect(call({ k1: 0 })).toThrow('learn: k1 must be a whole number ≥ 1 or Infinity, got 0');
    expect(call({ k2: 0.5 })).toThrow('learn: k2 must be');
    using state = model.openState(2);
    expect(call({ state })).toThrow('learn: state must have one row, got 2; step several rows with createLearner');
  });
});
