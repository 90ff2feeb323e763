import fc from 'fast-check';
import { from, NEVER, Subject, startWith, VirtualTimeScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { keyed } from '../../../operators/keyed/keyed.js';
import { type KeyedPredictOptions, keyedPredict, keyedPredictStage } from '../../../operators/keyed/keyedPredict.js';
import { learn, learnStage } from '../../../operators/networks/learn.js';
import { predictStage } from '../../../operators/networks/predict.js';
import type { Keyed } from '../../../operators/shared/keyedStage.js';
import type { Snapshot } from '../../../src/core/stage.js';
import { adam, dense, gru, lstm, mse } from '../../../src/index.js';
import { Model } from '../../../src/nn/model/model.js';
import { Rows } from '../../../src/nn/model/rows/index.js';
import { startTfjs } from '../../../src/runtime/tfjs.js';
import { describeOperator } from '../shared/laws.js';

interface Reading {
  id: string;
  x: number[];
}

const runtime = await startTfjs();
const { heap } = runtime;
const model = new Model(runtime, { input: 2, layers: [lstm(5), gru(3)], output: dense(2), seed: 4 });
afterAll(() => model.dispose());
const by = ({ id }: Reading) => id;
const features = ({ x }: Reading) => x;
const element = fc.integer({ min: -100, max: 100 }).map((n) => n / 50);
const reading = (...ids: string[]) => fc.record({ id: fc.constantFrom(...ids), x: fc.tuple(element, element) });
const bad: Reading[] = [
  { id: 'a', x: [1] },
  { id: 'b', x: [1, Number.NaN] },
];

// A clock that stands still: what is gathered goes out when a key comes again, at its leave, and at completion, in any world.
const options = { features, maxKeys: 3, scheduler: new VirtualTimeScheduler() };
describeOperator<Reading, Keyed<string, Float32Array>>('keyedPredict', {
  operator: () => keyedPredict(model, by, options),
  open: () => {
    const stage = keyedPredictStage(model, by, () => 0, options)()();
    return {
      step: (sample, emit) => stage.step({ sample }, emit),
      complete: (emit) => stage.complete?.(emit),
      snapshot: () => stage.snapshot?.() ?? {},
      restore: (record) => stage.restore?.(record),
      dispose: () => stage.dispose(),
    };
  },
  sample: reading('a', 'b', 'c'),
  bad,
  without: { tolerant: 'what is held is the last good sample of the same key: below' },
  failing: (when, error) =>
    keyedPredict(
      model,
      (value: Reading) => {
        if (when()) throw error;
        return value.id;
      },
      options,
    ),
  inUse: () => heap.bytesInUse,
  runs: 10,
});

const seen = (values: Iterable<Reading>, options: KeyedPredictOptions<Reading, string> = {}) => {
  const out: Keyed<string, Float32Array>[] = [];
  from(values)
    .pipe(keyedPredict(model, by, { features, ...options }))
    .subscribe((value) => out.push(value));
  return out;
};

describe('keyedPredict', () => {
  it('says what keyed(predict) says, bit for bit and in order, whatever is evicted, stored or skipped', () =>
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 9, arbitrary: reading(...'abcdef') }, fc.constantFrom(...bad)), { maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        (values, maxKeys) => {
          const evicted: [string[], string[]] = [[], []];
          const one: Keyed<string, Float32Array>[] = [];
          const options = (i: 0 | 1) => ({
            maxKeys,
            store: new Map<string, Snapshot>(),
            onEvict: (key: string) => void evicted[i].push(key),
          });
          from(values)
            .pipe(keyed(by, predictStage<Reading>(model, { features, onInvalid: 'skip' }), options(0)))
            .subscribe((value) => one.push(value));
          expect(seen(values, { ...options(1), onInvalid: 'skip' })).toEqual(one);
          expect(evicted[1]).toEqual(evicted[0]);
        },
      ),
      { numRuns: 60 },
    ));

  it('gathers a turn, or a delay since the batch’s first sample, and flushes before a key comes again', () => {
    const test = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    test.run(({ hot, expectObservable }) => {
      const source = hot<string>('ab-----a-a-----b--|');
      const samples = new Subject<Reading>();
      const keys = new Subject<string>();
      samples
        .pipe(keyedPredict(model, by, { features, delayMs: 4, scheduler: test }))
        .subscribe(({ key }) => keys.next(key));
      source.subscribe({ next: (id) => samples.next({ id, x: [1, 1] }), complete: () => samples.complete() });
      expectObservable(keys).toBe('----(ab)-a---a----b', undefined);
    });
  });

  it('emits at the end of the turn, also what came while it was subscribed', async () => {
    const out: string[] = [];
    const run = NEVER.pipe(
      startWith({ id: 'b', x: [1, 2] }, { id: 'a', x: [2, 1] }),
      keyedPredict(model, by, { features }),
    ).subscribe(({ key }) => out.push(key));
    expect(out).toEqual([]);
    await Promise.resolve();
    await Promise.resolve();
    expect(out).toEqual(['b', 'a']);
    run.unsubscribe();
  });

  it('forgets a key on reset, after the sample that waits', () => {
    const samples = new Subject<Reading>();
    const reset = new Subject<string>();
    const out: Keyed<string, Float32Array>[] = [];
    samples.pipe(keyedPredict(model, by, { features, reset })).subscribe((value) => out.push(value));
    const a = { id: 'a', x: [1, -1] };
    samples.next(a);
    samples.next(a);
    reset.next('a');
    expect(out.length).toBe(2);
    samples.next(a);
    samples.complete();
    expect(out[2]).toEqual(out[0]);
    expect(out[1]).not.toEqual(out[0]);
  });

  it('goes on from a snapshot taken while samples wait, in the order of their arrival', () => {
    const open = () => keyedPredictStage(model, by, () => 0, { features })()();
    const [first, second] = [open(), open()];
    const none = () => expect.fail('emitted early');
    for (const id of 'cab') first.step({ sample: { id, x: [1, 2] } }, none);
    second.restore?.(structuredClone(first.snapshot?.() ?? {}));
    const end = (stage: ReturnType<typeof open>) => {
      const out: Keyed<string, Float32Array>[] = [];
      stage.step({ flush: true }, (value) => out.push(value));
      stage.dispose();
      return out;
    };
    const expected = end(first);
    expect(expected.map(({ key }) => key).join('')).toBe('cab');
    expect(end(second)).toEqual(expected);
  });

  it('keeps 100,000 keys of a 32-unit GRU in the bytes that the formula says', () => {
    using large = new Model(runtime, { input: 4, layers: [gru(32)], output: dense(1), seed: 1 });
    const before = heap.bytesInUse;
    const rows = 100_000;
    using keys = new Rows(large, rows);
    const row = 4 * 32 + 4 * 4 + 4 * 4;
    expect(heap.bytesInUse - before).toBe(rows * (row + 4) + 32 * row + 2 * 8);
    const list = Array.from({ length: 70 }, (_, i) => (i * 7919) % rows);
    const x = Float32Array.from({ length: 280 }, (_, i) => (i % 11) / 11);
    using state = large.openState();
    const alone = list.map((_, i) => {
      state.reset();
      return [...large.step(x.subarray(i * 4, i * 4 + 4), state)];
    });
    expect([...keys.step(list, x)]).toEqual(alone.flat());
    expect(keys.state.snapshot(list[69])).toEqual(state.snapshot());
    expect(keys.state.snapshot(1)).toEqual({ 'layers.0.h': new Float32Array(32) });
  });

  it('checks its options at the call', () => {
    expect(() => keyedPredict(model, by, { maxKeys: 0 })).toThrow('maxKeys must be an integer ≥ 1, got 0');
    expect(() => keyedPredict(model, by, { delayMs: -1 })).toThrow('keyedPredict: delayMs must be from 0');
    expect(() => keyedPredict(model, by, { delayMs: Number.NaN })).toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    );
  });
});

describe('learning over keys', () => {
  const options = { k1: 1, k2: 4, loss: mse, optimizer: adam(1e-2), target: ({ x }: Reading) => x, features };
  const learned = (values: readonly Reading[]) => {
    using own = new Model(runtime, model.spec);
    const out: Keyed<string, unknown>[] = [];
    from(values)
      .pipe(keyed(by, learnStage<Reading>(own, options)))
      .subscribe((value) => out.push(value));
    return { out, weights: own.weights() };
  };

  it('updates the shared model in the order of arrival: equal orders give equal bits', () =>
    fc.assert(
      fc.property(fc.array(reading('a', 'b', 'c'), { maxLength: 20 }), (values) => {
        expect(learned(values)).toEqual(learned(values));
      }),
      { numRuns: 15 },
    ));

  it('is one learner after the other at each sample, on the same weights', () => {
    const values: Reading[] = Array.from({ length: 12 }, (_, t) => ({ id: 'ab'[t % 2], x: [t / 12, (t % 5) / 5] }));
    using own = new Model(runtime, model.spec);
    const inputs = { a: new Subject<Reading>(), b: new Subject<Reading>() };
    const out: unknown[] = [];
    for (const key of ['a', 'b'] as const)
      inputs[key].pipe(learn(own, options)).subscribe((value) => out.push({ key, value }));
    for (const value of values) inputs[value.id === 'a' ? 'a' : 'b'].next(value);
    expect(learned(values)).toEqual({ out, weights: own.weights() });
    const swapped = [...values.slice(0, 10), values[11], values[10]];
    expect(learned(swapped).weights).not.toEqual(own.weights());
  });
});
