import fc from 'fast-check';
import { from, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { learn } from '../../operators/networks/learn.js';
import { predict } from '../../operators/networks/predict.js';
import {
  adam,
  createLearner,
  createModel,
  dense,
  gru,
  type Learner,
  lstm,
  mse,
  type Telemetry,
} from '../../src/index.js';
import { distance } from '../spec/layers.js';
import { createPair, flatSpec, flatWeights } from '../spec/pair.js';

const wave = (t: number, phase: number) => ((t * (phase + 3) + phase) % 11) / 5.5 - 1;
const xOf = (t: number) => [wave(t, 0), wave(t, 1)];
const yOf = (t: number) => wave(t, 2);
const spec = { input: 2, layers: [lstm(5), gru(3)], output: dense(1), seed: 3 };
const options = { k1: 2, k2: 4, loss: mse, optimizer: adam(0.01) };

describe('a learner that is frozen and thinned', () => {
  it('does as its specification at any order of freezing, samples, late labels and resets', async () => {
    const act = fc.oneof(
      { weight: 8, arbitrary: fc.record({ step: fc.boolean() }) },
      { weight: 3, arbitrary: fc.record({ back: fc.nat(5) }) },
      { weight: 2, arbitrary: fc.record({ frozen: fc.boolean() }) },
      { weight: 1, arbitrary: fc.constant({ reset: true }) },
    );
    const given = fc.record({
      k1: fc.integer({ min: 1, max: 4 }),
      k2: fc.integer({ min: 1, max: 6 }),
      updateEvery: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(given, fc.array(act, { maxLength: 60 }), async (throttle, acts) => {
        const { model, learner, spec: wanted } = await createPair({ ...throttle, rate: 0.05 });
        let t = 0;
        for (const one of acts) {
          if ('frozen' in one) {
            learner.frozen = one.frozen;
            wanted.freeze(one.frozen);
          } else if ('reset' in one) {
            learner.reset();
            wanted.reset();
            t = 0;
          } else if ('step' in one) {
            t++;
            const target = one.step ? yOf(t) : undefined;
            const before = flatWeights(model.weights());
            const [got, want] = [learner.step(xOf(t), target), wanted.step(xOf(t), target)];
            expect([got.updated, got.scored?.index]).toEqual([want.updated, want.scored?.index]);
            expect(distance([...got.output], want.output)).toBeLessThan(2e-4);
            if (learner.frozen) expect(flatWeights(model.weights())).toEqual(before);
          } else if (t > one.back) {
            const [got, want] = [learner.label(t - one.back, yOf(t)), wanted.label(t - one.back, yOf(t))];
            expect([got.updated, got.scored?.index]).toEqual([want.updated, want.scored?.index]);
          }
        }
        expect(distance(flatWeights(model.weights()), flatSpec(wanted.weights()))).toBeLessThan(2e-4);
        expect(learner.counts.skipped).toBe(wanted.skipped());
        expect(learner.counts.updates).toBe(wanted.counts().updates);
        model.dispose();
      }),
      { numRuns: 40 },
    );
  });

  it('goes on bit for bit from a snapshot, frozen and half way through the thinning', async () => {
    const open = async () => {
      const model = await createModel(spec);
      return { model, learner: createLearner(model, { ...options, updateEvery: 3 }) };
    };
    const [one, two] = [await open(), await open()];
    const play = ({ learner }: { learner: Learner }, first: number, last: number) => {
      for (let t = first; t <= last; t++) learner.step(xOf(t), yOf(t));
    };
    play(one, 1, 9);
    one.learner.frozen = true;
    two.learner.restore(one.learner.snapshot());
    expect(two.learner.frozen).toBe(true);
    for (const each of [one, two]) {
      play(each, 10, 13);
      each.learner.frozen = false;
      play(each, 14, 40);
    }
    expect(two.learner.snapshot()).toEqual(one.learner.snapshot());
    expect(two.learner.counts.skipped).toBeGreaterThan(0);
    for (const { model } of [one, two]) model.dispose();
  });
});

describe('a budget of update time', () => {
  /** 64 samples, an update at each; each takes `took` µs, a sample comes every `gap` µs. */
  const run = async (micros: number, per: 'sample' | 'second', took: number, gap: number) => {
    const model = await createModel(spec);
    let clock = 0;
    let reads = 0;
    const now = () => {
      // An update begins and ends with a reading.
      const { updates } = learner.counts;
      if (updates > reads) clock += took / 1000;
      reads = updates;
      return clock;
    };
    const learner = createLearner(model, { ...options, k1: 1, budget: { micros, per, now } });
    const made: number[] = [];
    for (let t = 1; t <= 64; t++) {
      clock += gap / 1000;
      if (learner.step(xOf(t), yOf(t)).updated) made.push(t);
    }
    expect(learner.counts.updates + learner.counts.skipped).toBe(64);
    model.dispose();
    return made;
  };

  it('per sample, is spent by an update and earned by the samples after it', async () => {
    expect(await run(1000, 'sample', 8000, 1000)).toEqual([1, 9, 17, 25, 33, 41, 49, 57]);
    expect(await run(10_000, 'sample', 8000, 1000)).toHaveLength(64);
  });

  it('per second, follows the clock', async () => {
    // 100 µs a second; an update takes 200 µs, so one comes each two seconds, eight samples of a quarter.
    const made = await run(100, 'second', 200, 250_000);
    expect(made.slice(1).map((t, i) => t - made[i])).toEqual(Array.from({ length: made.length - 1 }, () => 8));
  });

  it.each([
    { updateEvery: 0 },
    { updateEvery: 1.5 },
    { budget: { micros: 0, per: 'sample' as const, now: () => 0 } },
    { budget: { micros: 1, per: JSON.parse('"hour"'), now: () => 0 } },
    { budget: { micros: 1, per: 'second' as const, now: JSON.parse('0') } },
  ])('is refused at the call where it makes no sense: %o', async (throttle) => {
    const model = await createModel(spec);
    expect(() => createLearner(model, { ...options, ...throttle })).toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    );
    model.dispose();
  });
});

describe('learn with a switch', () => {
  it('learns nothing while it is off, and predicts on', async () => {
    const model = await createModel(spec);
    const samples = new Subject<number>();
    const learning = new Subject<boolean>();
    const updated: boolean[] = [];
    let ended = false;
    samples
      .pipe(learn(model, { ...options, k1: 1, learning, features: xOf, target: yOf }))
      .subscribe({ next: (step) => updated.push(step.updated), complete: () => (ended = true) });
    samples.next(1);
    learning.next(false);
    const frozen = flatWeights(model.weights());
    samples.next(2);
    samples.next(3);
    expect(flatWeights(model.weights())).toEqual(frozen);
    learning.next(true);
    samples.next(4);
    samples.complete();
    expect([updated, ended, learning.observed]).toEqual([[true, false, false, true], true, false]);
    model.dispose();
  });

  it('has its setting before the first sample of a source that speaks at once', async () => {
    const model = await createModel(spec);
    const before = flatWeights(model.weights());
    from([1, 2, 3])
      .pipe(learn(model, { ...options, k1: 1, learning: from([false]), features: xOf, target: yOf }))
      .subscribe();
    expect(flatWeights(model.weights())).toEqual(before);
    model.dispose();
  });
});

describe('weights from another model', () => {
  it('are taken in the middle of a stream, bit for bit, and no sample is lost', async () => {
    const [live, candidate, setByName] = [
      await createModel(spec),
      await createModel({ ...spec, seed: 9 }),
      await createModel(spec),
    ];
    const play = (model: typeof live, swap: () => void) => {
      const samples = new Subject<number>();
      const out: number[] = [];
      samples.pipe(predict(model, { features: xOf })).subscribe(([y]) => out.push(y));
      for (let t = 1; t <= 20; t++) {
        if (t === 11) swap();
        samples.next(t);
      }
      return out;
    };
    const expected = play(setByName, () => setByName.setWeights(candidate.weights()));
    expect(play(live, () => live.copyWeights(candidate))).toEqual(expected);
    expect(expected).toHaveLength(20);
    for (const model of [live, candidate, setByName]) model.dispose();
  });

  it('are exchanged, and a learner relearns its window with them', async () => {
    const [a, b, byName] = [
      await createModel(spec),
      await createModel({ ...spec, seed: 9 }),
      await createModel({ ...spec, seed: 9 }),
    ];
    const [was, wanted] = [flatWeights(a.weights()), flatWeights(b.weights())];
    a.swapWeights(b);
    expect([flatWeights(a.weights()), flatWeights(b.weights())]).toEqual([wanted, was]);
    a.swapWeights(b);
    // In the middle of a window: what setWeights does by names.
    const learners = [a, byName].map((model) => createLearner(model, { ...options, k1: 4 }));
    byName.setWeights(a.weights());
    for (let t = 1; t <= 12; t++) {
      if (t === 6) {
        const other = b.weights();
        a.copyWeights(b);
        byName.setWeights(other);
      }
      for (const learner of learners) learner.step(xOf(t), yOf(t));
    }
    expect(flatWeights(a.weights())).toEqual(flatWeights(byName.weights()));
    for (const model of [a, b, byName]) model.dispose();
  });

  it.each([
    { ...spec, layers: [lstm(5), lstm(3)] },
    { ...spec, layers: [lstm(5), gru(3, { resetAfter: false })] },
    { ...spec, layers: [lstm(6), gru(3)] },
    { ...spec, output: dense(1, { activation: 'sigmoid' }) },
  ])('are refused where the layers differ', async (other) => {
    const [mine, theirs] = [await createModel(spec), await createModel(other)];
    const before = flatWeights(mine.weights());
    for (const act of ['copyWeights', 'swapWeights'] as const)
      expect(() => mine[act](theirs)).toThrow(expect.objectContaining({ code: 'invalid-weights' }));
    expect(flatWeights(mine.weights())).toEqual(before);
    mine.dispose();
    theirs.dispose();
  });
});

describe('what learn and predict tell of themselves', () => {
  it('is what the learner has counted', async () => {
    const model = await createModel(spec);
    const reported: Record<string, number> = {};
    const telemetry: Telemetry = {
      add: (name, by) => {
        reported[name] = (reported[name] ?? 0) + by;
      },
      set: (name, value) => {
        reported[name] = value;
      },
      record: (name) => {
        reported[name] = (reported[name] ?? 0) + 1;
      },
    };
    let learner: Learner | undefined;
    const values = Array.from({ length: 40 }, (_, t) => (t === 20 ? Number.NaN : t));
    from(values)
      .pipe(
        learn(model, {
          ...options,
          clipNorm: 1e-3,
          updateEvery: 2,
          onInvalid: 'skip',
          telemetry,
          features: xOf,
          target: yOf,
          inspect: (opened) => {
            learner = opened;
          },
        }),
      )
      .subscribe();
    const { updates, skipped, clipped } = learner?.counts ?? expect.fail('no learner');
    expect(reported).toMatchObject({
      samples: 40,
      skipped: 1,
      updates,
      skippedUpdates: skipped,
      clipped,
      stepSeconds: 2,
    });
    expect(clipped).toBeGreaterThan(0);
    expect(reported.heapBytes).toBeGreaterThan(0);

    from([1, 2, 3])
      .pipe(predict(model, { features: xOf, telemetry }))
      .subscribe();
    expect(reported.samples).toBe(43);
    model.dispose();
  });
});
