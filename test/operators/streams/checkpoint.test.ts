import { setImmediate as turn } from 'node:timers/promises';
import { concat, from, lastValueFrom, NEVER, of, Subject, throwError, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { learnStage } from '../../../operators/networks/learn.js';
import { standardizeStage } from '../../../operators/preparation/standardize.js';
import { asOperator } from '../../../operators/streams/asOperator.js';
import { checkpoint } from '../../../operators/streams/checkpoint.js';
import type { CheckpointStore } from '../../../src/checkpoint/store.js';
import { memoryStore } from '../../../src/checkpoint/stores/memory/index.js';
import type { Stage } from '../../../src/core/stage.js';
import { adam, createModel, dense, EddyError, gru, type LearnStep, lstm, mse } from '../../../src/index.js';
import { openSum } from '../shared/sum.js';
import { drain, observe, Source, worlds } from '../shared/worlds.js';

const series = Array.from({ length: 90 }, (_, t) => Math.sin(t / 3) + (t % 7) / 10);

const spec = { input: 1, layers: [lstm(4), gru(3)], output: dense(1), seed: 3 };
const open = async () => {
  const model = await createModel(spec);
  const optimizer = adam(1e-2);
  return {
    model,
    stage: learnStage<number>(model, { horizon: 1, target: (x) => x, k1: 3, k2: 8, loss: mse, optimizer }),
  };
};

/** Runs a stream until `samples` have come, then drops it, as a crash would. */
async function runUntil(samples: number, store: CheckpointStore, every: number): Promise<LearnStep[]> {
  const { model, stage } = await open();
  const out: LearnStep[] = [];
  const source =
    samples < series.length
      ? concat(
          from(series.slice(0, samples)),
          throwError(() => 'killed'),
        )
      : from(series);
  const run = source.pipe(checkpoint(store, { key: 'a', every, model })(stage));
  await new Promise<void>((resolve) => {
    run.subscribe({ next: (value) => out.push(value), error: () => resolve(), complete: () => resolve() });
  });
  // What is being written when a process dies may reach the disk.
  await new Promise((resolve) => setTimeout(resolve));
  weightsOf.set(store, model.weights());
  model.dispose();
  return out;
}
const weightsOf = new Map<CheckpointStore, unknown>();

/** A running total, the least that a stage can be. */
const totals = (): Stage<number, number> => {
  let total = 0;
  return {
    step: (value, emit) => {
      total += value;
      emit(total);
    },
    snapshot: () => ({ total }),
    restore: ({ total: from }) => {
      total = Number(from);
    },
    dispose: () => {},
  };
};

describe('checkpoint', () => {
  test('goes on bit for bit wherever the stream was cut: outputs by index, and weights, are an uninterrupted run’s', async () => {
    const whole = memoryStore();
    const expected = await runUntil(series.length, whole, 10);
    for (const cut of [1, 9, 10, 11, 25, 49, 50, 89]) {
      const store = memoryStore();
      const first = await runUntil(cut, store, 10);
      const second = await runUntil(series.length, store, 10);
      const saved = 10 * Math.floor(cut / 10);
      expect(first).toEqual(expected.slice(0, cut));
      expect(second).toEqual(expected.slice(saved));
      expect(weightsOf.get(store)).toEqual(weightsOf.get(whole));
    }
  });

  test('survives many cuts in one stream', async () => {
    const whole = memoryStore();
    const expected = await runUntil(series.length, whole, 7);
    const store = memoryStore();
    const merged: LearnStep[] = [];
    for (const cut of [5, 8, 20, 20, 36, 70, series.length]) {
      for (const step of await runUntil(cut, store, 7)) merged[step.index - 1] = step;
    }
    expect(merged).toEqual(expected);
    expect(weightsOf.get(store)).toEqual(weightsOf.get(whole));
  });

  test('neither loses nor repeats a sample of a source that begins at the next one', async () => {
    const store = memoryStore();
    const options = { key: 'a', every: 2 };
    await lastValueFrom(of(1, 2, 3, 4).pipe(checkpoint(store, options)(totals)));
    let next = 0;
    const resumed = checkpoint(store, { ...options, source: 'next', onRestore: (offset) => (next = offset) })(totals);
    expect(await lastValueFrom(of(5, 6).pipe(resumed, toArray()))).toEqual([15, 21]);
    expect(next).toBe(4);
  });

  test('saves at the end too, so that a source that has grown goes on', async () => {
    const store = memoryStore();
    const keep = checkpoint(store, { key: 'a', every: 1000 });
    expect(await lastValueFrom(of(1, 2, 3).pipe(keep(totals), toArray()))).toEqual([1, 3, 6]);
    expect(await lastValueFrom(of(1, 2, 3, 4).pipe(keep(totals), toArray()))).toEqual([10]);
    expect(await lastValueFrom(of(1, 2, 3, 4).pipe(keep(totals), toArray()))).toEqual([]);
  });

  test('works around any stage with a snapshot', async () => {
    const store = memoryStore();
    const keep = checkpoint(store, { key: 'a', every: 5 });
    const stage = standardizeStage();
    const whole = await lastValueFrom(from(series).pipe(checkpoint(memoryStore(), { key: 'a' })(stage), toArray()));
    const half = await lastValueFrom(from(series.slice(0, 40)).pipe(keep(stage), toArray()));
    const rest = await lastValueFrom(from(series).pipe(keep(stage), toArray()));
    expect([...half, ...rest]).toEqual(whole);
  });

  test('reports what the store had to go back over', async () => {
    const store = memoryStore();
    const keep = (heard: unknown[] = []) =>
      checkpoint(store, { key: 'a', every: 2, onRestore: (offset, warnings) => heard.push(offset, ...warnings) })(
        totals,
      );
    await lastValueFrom(of(1, 2, 3, 4).pipe(keep()));
    const newest = await store.load('a');
    await store.save('a', (newest?.epoch ?? 0) + 1, new Uint8Array(100));
    const heard: unknown[] = [];
    await lastValueFrom(of(1, 2, 3, 4).pipe(keep(heard), toArray()));
    expect(heard).toEqual([4, expect.stringMatching(/cannot be read/)]);
  });

  test('refuses the checkpoint of another model', async () => {
    const store = memoryStore();
    await runUntil(20, store, 10);
    const model = await createModel({ ...spec, layers: [lstm(4), gru(3, { resetAfter: false })] });
    const run = from([1]).pipe(checkpoint(store, { key: 'a', model })(totals));
    await expect(lastValueFrom(run)).rejects.toMatchObject({ code: 'invalid-state', message: /resetAfter/ });
  });

  test('lets one of two streams under one key fail, not both', async () => {
    const store = memoryStore();
    const sources = [new Subject<number>(), new Subject<number>()];
    const keep = checkpoint(store, { key: 'a', every: 1 });
    const ends = sources.map((source) => lastValueFrom(source.pipe(keep(totals), toArray())));
    const settled = Promise.allSettled(ends);
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => setTimeout(resolve));
      for (const source of sources) source.next(1);
    }
    for (const source of sources) source.complete();
    const results = await settled;
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const reason = results.find((result) => result.status === 'rejected')?.reason;
    expect(reason).toBeInstanceOf(EddyError);
    expect(reason.code).toBe('invalid-state');
  });

  describe('when a save fails', () => {
    const failing = (times: number): CheckpointStore => {
      const store = memoryStore();
      let left = times;
      const save: CheckpointStore['save'] = (key, epoch, bytes) =>
        left-- > 0 ? Promise.reject(new EddyError('host', 'disk full')) : store.save(key, epoch, bytes);
      return { ...store, save };
    };

    test('fails the stream', async () => {
      const run = of(1, 2, 3).pipe(checkpoint(failing(9), { key: 'a', every: 1 })(totals), toArray());
      await expect(lastValueFrom(run)).rejects.toMatchObject({ code: 'host' });
    });

    test('goes on if onError is given, and the next save tries again', async () => {
      const store = failing(2);
      const errors: unknown[] = [];
      const source = new Subject<number>();
      const run = source.pipe(
        checkpoint(store, { key: 'a', every: 1, onError: (error) => errors.push(error) })(totals),
      );
      const all = lastValueFrom(run.pipe(toArray()));
      for (let i = 1; i <= 6; i++) {
        await new Promise((resolve) => setTimeout(resolve));
        source.next(i);
      }
      source.complete();
      expect(await all).toHaveLength(6);
      expect(errors).toHaveLength(2);
      expect((await store.load('a'))?.epoch).toBeGreaterThan(0);
    });
  });

  test('frees the stage, and saves nothing more, once it is unsubscribed', async () => {
    let disposed = 0;
    const stage = () => ({ ...totals(), dispose: () => void disposed++ });
    const run = concat(of(1, 2), NEVER).pipe(checkpoint(memoryStore(), { key: 'a' })(stage));
    const subscription = run.subscribe();
    await new Promise((resolve) => setTimeout(resolve));
    subscription.unsubscribe();
    expect(disposed).toBe(1);
  });

  test.each([{ key: '' }, { key: 'a', every: 0 }, { key: 'a', every: 1.5 }])('refuses %j', (options) => {
    expect(() => checkpoint(memoryStore(), options)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });

  test('refuses a stage without a snapshot', async () => {
    const bare = (): Stage<number, number> => ({ step: () => {}, dispose: () => {} });
    const run = of(1).pipe(checkpoint(memoryStore(), { key: 'a' })(bare), toArray());
    await expect(lastValueFrom(run)).rejects.toMatchObject({ code: 'invalid-option' });
  });
});

describe.each(Object.entries(worlds))('checkpoint in a %s stream', (_, through) => {
  const operator = (log: { live: number }, store = memoryStore()) =>
    checkpoint(store, { key: 'sum', every: 2 })(() => openSum({ log }));

  test('says what it says in RxJS, and goes on from the last checkpoint', async () => {
    const log = { live: 0 };
    const store = memoryStore();
    const expected = observe(
      asOperator(() => openSum()),
      [1, 2, 3, 4, 5],
    );
    expect(await drain(through(operator(log, store), new Source([1, 2, 3, 4, 5])))).toEqual(expected);
    expect(await drain(through(operator(log, store), new Source([1, 2, 3, 4, 5, 6])))).toEqual({ out: [21, 21] });
    expect(log.live).toBe(0);
  });

  test('passes a source error and a bad sample on, and is free however it ends', async () => {
    const log = { live: 0 };
    const failure = new Error('source');
    const broken = new Source([1, 2], failure);
    expect((await drain(through(operator(log), broken))).error).toBe(failure);
    const bad = new Source([1, Number.NaN, 2]);
    expect((await drain(through(operator(log), bad))).error).toMatchObject({ code: 'invalid-sample' });
    const left = new Source([1, 2, 3, 4]);
    for await (const __ of through(operator(log), left)) break;
    const abort = new AbortController();
    const aborted = new Source([1, 2, 3, 4]);
    const reading = drain(through(operator(log), aborted, abort.signal));
    abort.abort();
    await reading;
    for (let i = 0; i < 5; i++) await turn();
    expect([broken, bad, left, aborted].map(({ open }) => open)).toEqual([0, 0, 0, 0]);
    expect(log.live).toBe(0);
  });
});
