import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { concatMap, from, lastValueFrom, type Observable, of, Subject, timer, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { learnInWorker } from '../../../operators/networks/learnInWorker.js';
import { TELEMETRY } from '../../../src/core/telemetry.js';
import { createModel, dense, lstm, mse, sgd } from '../../../src/index.js';
import { Model } from '../../../src/nn/model/model.js';
import type { WorkerLearner } from '../../../src/worker/workerLearner.js';
import { learnInThread } from '../../worker/inThread.js';

const workers: Worker[] = [];
const worker = () => {
  const opened = new Worker(new URL('../../worker/worker.mjs', import.meta.url));
  workers.push(opened);
  return opened;
};

let first: Model;
beforeAll(async () => {
  first = await createModel({ input: 1, layers: [lstm(6)], output: dense(1), seed: 7 });
});
afterAll(() => first.dispose());
const twin = () => new Model(first.runtime, first.spec);

const options = { worker, target: (x: number) => x, horizon: 1, k1: 1, k2: 6, loss: mse, optimizer: sgd(0.1) };
const wave = (count: number) => Array.from({ length: count }, (_, t) => Math.fround((t % 7) / 7));
const paced = (values: number[]): Observable<number> =>
  from(values).pipe(concatMap((x, t) => (t % 16 === 15 ? timer(2).pipe(concatMap(() => of(x))) : of(x))));

describe('learnInWorker', () => {
  it('emits one prediction for each sample and, until all is learned, ends with the weights of a learner in this thread', async () => {
    using model = twin();
    const values = wave(300);
    const items = values.map((x) => ({ x: [x], target: x }));
    const { last } = learnInThread(model, items, options);
    const steps = await lastValueFrom(
      paced(values).pipe(learnInWorker(model, { ...options, until: 'all' }), toArray()),
    );
    expect(steps.map(({ index }) => index)).toEqual(values.map((_, i) => i + 1));
    expect(model.readBlock()).toEqual(last);
  });

  it('predicts better with what the worker has learned', async () => {
    using model = twin();
    const values = wave(3000);
    let learner: WorkerLearner | undefined;
    const inspect = (opened: WorkerLearner) => {
      learner = opened;
    };
    // Now and then the worker is given the time to catch up.
    const caughtUp = async (x: number, t: number) => {
      while (t % 500 === 499 && learner?.report?.learned !== t) await wait(1);
      return x;
    };
    const stream = from(values).pipe(concatMap(caughtUp), learnInWorker(model, { ...options, inspect }), toArray());
    const steps = await lastValueFrom(stream);
    const error = (from: number, to: number) =>
      steps.slice(from, to).reduce((sum, { output }, i) => sum + (output[0] - values[from + i + 1]) ** 2, 0) /
      (to - from);
    expect(steps[2998].learned).toBeGreaterThan(2000);
    expect(error(2500, 2999)).toBeLessThan(0.5 * error(0, 100));
  });

  it('ends its worker with the subscription, however that ends', async () => {
    using model = twin();
    const before = model.runtime.heap.bytesInUse;
    for (const end of ['complete', 'error', 'unsubscribe'] as const) {
      const input = new Subject<number>();
      const run = input.pipe(learnInWorker(model, options)).subscribe({ error: () => {} });
      const opened = workers.at(-1);
      input.next(1);
      const gone = opened && once(opened, 'exit');
      if (end === 'unsubscribe') run.unsubscribe();
      else if (end === 'error') input.error(new Error('source'));
      else input.complete();
      await gone;
      expect(model.runtime.heap.bytesInUse).toBe(before);
    }
  });

  it('fails when the worker does, between two samples, and is free then', async () => {
    using model = twin();
    const before = model.runtime.heap.bytesInUse;
    const weights = model.readBlock();
    const dying = () => new Worker("throw new Error('boom')", { eval: true });
    const input = new Subject<number>();
    const failed = new Promise((_, reject) => {
      input.pipe(learnInWorker(model, { ...options, worker: dying })).subscribe({ error: reject });
    });
    input.next(1);
    await expect(failed).rejects.toMatchObject({ name: 'EddyError', code: 'host' });
    expect(input.observed).toBe(false);
    expect(model.runtime.heap.bytesInUse).toBe(before);
    expect(model.readBlock()).toEqual(weights);
  });

  it('fails with what opening the worker throws', () => {
    const seen: unknown[] = [];
    const failing = () => {
      throw new Error('no worker');
    };
    of(1)
      .pipe(learnInWorker(first, { ...options, worker: failing }))
      .subscribe({ error: (error) => seen.push(error) });
    expect(seen).toEqual([new Error('no worker')]);
  });

  it('counts samples, updates and what was dropped', async () => {
    using model = twin();
    const counted: Record<string, number> = {};
    const telemetry = {
      add: (name: string, by: number) => {
        counted[name] = (counted[name] ?? 0) + by;
      },
      set: (name: string, value: number) => {
        counted[name] = value;
      },
      record: () => {},
    };
    const given = { ...options, batch: 8, maxWaiting: 16, telemetry, until: 'all' as const };
    await lastValueFrom(from(wave(200)).pipe(learnInWorker(model, given)));
    // The first went out alone; 8 + 7 of the others were the last to wait. Each sequence's first sample has nothing before it.
    expect(counted).toMatchObject({ samples: 200, dropped: 184, updates: 14 });
    for (const name of Object.keys(counted)) expect(TELEMETRY).toHaveProperty(name);
  });

  it('refuses at the call what it cannot do', () => {
    for (const given of [{ until: 'never' }, { worker: 1 }, { target: 1 }, { onInvalid: 'wait' }, { k1: 0 }]) {
      expect(() => learnInWorker(first, Object.assign({}, options, given))).toThrow(
        expect.objectContaining({ code: 'invalid-option' }),
      );
    }
  });
});
