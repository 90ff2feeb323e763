import { once } from 'node:events';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adam, createModel, crossEntropy, dense, gru, lstm, mse, pinball, sgd } from '../../src/index.js';
import { Model } from '../../src/nn/model/model.js';
import type { WorkerLearnerOptions } from '../../src/worker/options.js';
import { createWorkerLearner, type WorkerLearner } from '../../src/worker/workerLearner.js';
import { type Item, learnInThread } from './inThread.js';

const workerFile = new URL('worker.mjs', import.meta.url);
const open = () => new Worker(workerFile);

const spec = { input: 2, layers: [lstm(6)], output: dense(1), seed: 7 };
let first: Model;
beforeAll(async () => {
  first = await createModel(spec);
});
afterAll(() => first.dispose());

/** Every run predicts with a model of its own, from the same first weights. */
const twin = () => new Model(first.runtime, first.spec);

const wave = (count: number): Item[] =>
  Array.from({ length: count }, (_, t) => ({
    x: [Math.fround(((t * 7) % 11) / 11), Math.fround(((t * 5) % 13) / 13)],
    target: ((t * 3) % 17) / 17,
  }));

const options: WorkerLearnerOptions = { k1: 2, k2: 6, loss: mse, optimizer: adam(0.01), clipNorm: 1 };

/** Plays the items at the pace of turns, so that weights come in between them. */
async function play(learner: WorkerLearner, items: readonly Item[]) {
  const steps = [];
  for (const [i, { x, target, begins }] of items.entries()) {
    if (begins) learner.reset();
    steps.push(learner.step(x, target));
    // The worker is given time to start and to learn, or nothing would come in while we look.
    while (i === 0 && !learner.report) await wait(1);
    if (i % 16 === 15) await wait(1);
  }
  await learner.finish();
  return steps;
}

describe('a learner in a worker thread', () => {
  const masked = (item: Item, t: number): Item => ({
    ...item,
    target: t % 5 === 0 ? undefined : t % 7 === 0 ? Number.NaN : item.target,
  });
  const cases: Record<string, { options: WorkerLearnerOptions; items: Item[] }> = {
    'every update': { options: { ...options, handOver: { updates: 1 } }, items: wave(200) },
    'every eighth update': { options, items: wave(400) },
    'every 50 samples': { options: { ...options, handOver: { samples: 50 } }, items: wave(400) },
    'one sample ahead': { options: { ...options, horizon: 1 }, items: wave(300) },
    'labels that are missing': { options: { ...options, handOver: { updates: 3 } }, items: wave(300).map(masked) },
    'sequences that start again': {
      options: { ...options, horizon: 2 },
      items: wave(300).map((item, t) => ({ ...item, begins: t % 40 === 0 })),
    },
    'full back-propagation': {
      options: { ...options, k1: Number.POSITIVE_INFINITY, k2: Number.POSITIVE_INFINITY, maxSteps: 64 },
      items: wave(300).map((item, t) => ({ ...item, begins: t > 0 && t % 60 === 0 })),
    },
    'batches of three': { options: { ...options, batch: 3 }, items: wave(200) },
  };

  it.each(Object.entries(cases))('learns bit for bit as in this thread: %s', async (_, { options, items }) => {
    using model = twin();
    const expected = learnInThread(model, items, options);
    using learner = createWorkerLearner(model, open(), options);
    const steps = await play(learner, items);
    expect(model.readBlock()).toEqual(expected.last);
    expect(learner.counts.dropped).toBe(0);
    expect(steps.map(({ index }) => index)).toEqual(items.map((__, i) => i + 1));
    expect(learner.report).toMatchObject({ learned: items.length, samples: items.length, droppedLabels: 0 });

    // Each output is that of the weights which it says it is of.
    using replay = twin();
    using state = replay.openState();
    let learned = 0;
    for (const [i, { x, begins }] of items.entries()) {
      const step = steps[i];
      if (begins) state.reset();
      if (step.learned !== learned) {
        learned = step.learned;
        const block = expected.handed.get(learned);
        expect(block, `weights after sample ${learned}`).toBeDefined();
        if (block) replay.writeBlock(block);
      }
      expect(step.output).toEqual(replay.step(x, state));
    }
    if (items.length >= 200 && options.k1 !== Number.POSITIVE_INFINITY) expect(learned).toBeGreaterThan(0);
  });

  it('takes losses, cells and optimizers as they are', async () => {
    for (const [loss, output, target] of [
      [pinball(0.1, 0.5, 0.9), dense(3), () => 0.4],
      [crossEntropy, dense(3, { activation: 'softmax' }), (t: number) => t % 3],
    ] as const) {
      using model = await createModel({
        input: 2,
        layers: [gru(5, { resetAfter: false, dropout: 0.2 })],
        output,
        seed: 3,
      });
      const given = { k1: 1, k2: 4, loss, optimizer: sgd(0.05, { momentum: 0.9, nesterov: true }), seed: 5 };
      const items = wave(60).map(({ x }, t) => ({ x, target: target(t) }));
      const { last } = learnInThread(model, items, given);
      using learner = createWorkerLearner(model, open(), given);
      await play(learner, items);
      expect(model.readBlock()).toEqual(last);
    }
  });

  it('learns for several horizons at once', async () => {
    using model = await createModel({ input: 2, layers: [lstm(6)], output: dense(2), seed: 7 });
    const given = { ...options, horizon: [1, 3] };
    using learner = createWorkerLearner(model, open(), given);
    const before = model.readBlock();
    await play(learner, wave(60));
    expect(model.readBlock()).not.toEqual(before);
    // Sample 1 is whole when value 4 comes: 57 of them are.
    expect(learner.report).toMatchObject({ updates: 28, unlabelled: 0 });
  });

  it('never makes a sample wait: under a firehose the oldest are dropped and counted, and learning goes on from the state there', async () => {
    using model = twin();
    const given = { ...options, batch: 10, maxWaiting: 50 };
    const items = wave(1000);
    // No turn passes, so no weights come in: the state before each sample is that of the first weights.
    using state = model.openState();
    const before = items.map(({ x }) => {
      const record = state.snapshot();
      model.step(x, state);
      return record;
    });
    const start = model.readBlock();
    using learner = createWorkerLearner(model, open(), given);
    for (const { x, target } of items) learner.step(x, target);
    expect(learner.counts).toEqual({ samples: 1000, dropped: 950, handOvers: 0 });
    expect(model.readBlock()).toEqual(start);
    await learner.finish();
    expect(learner.report).toMatchObject({ learned: 1000, samples: 50 });
    // The first sample went out alone, the last nine are a batch. 2 to 951 were dropped: after the gap a new sequence began.
    using expected = twin();
    expected.writeBlock(start);
    const { last } = learnInThread(expected, items.slice(951), given, (own) => {
      const at = own.openState();
      at.restore(before[951]);
      return at;
    });
    expect(model.readBlock()).toEqual(last);
  });

  it('refuses a bad sample and goes on as if it had not come', async () => {
    using model = twin();
    const items = wave(64);
    const { last } = learnInThread(model, items, options);
    using learner = createWorkerLearner(model, open(), options);
    for (const { x, target } of items) {
      const counts = { ...learner.counts };
      expect(() => learner.step([1, Number.NaN], 1)).toThrow(expect.objectContaining({ code: 'invalid-sample' }));
      expect(() => learner.step(x, [1, 2])).toThrow(expect.objectContaining({ code: 'invalid-sample' }));
      expect(learner.counts).toEqual(counts);
      learner.step(x, target);
    }
    await learner.finish();
    expect(model.readBlock()).toEqual(last);
  });
});

describe('the end of a learner in a worker thread', () => {
  const ended = async (learner: WorkerLearner) => {
    const failure = await learner.finish().catch((error: unknown) => error);
    expect(() => learner.step([0, 0], 0)).toThrow(failure instanceof Error ? failure : undefined);
    return failure;
  };

  it('is disposing: its worker is gone, its state is free', async () => {
    using model = twin();
    const before = model.runtime.heap.bytesInUse;
    const worker = open();
    const learner = createWorkerLearner(model, worker, options);
    learner.step([0, 0], 0);
    const pending = learner.finish();
    learner.dispose();
    learner.dispose();
    await expect(pending).rejects.toMatchObject({ code: 'disposed' });
    await once(worker, 'exit');
    expect(model.runtime.heap.bytesInUse).toBe(before);
    expect(() => learner.step([0, 0], 0)).toThrow(expect.objectContaining({ code: 'disposed' }));
  });

  it('is an error of its own, with its code', async () => {
    using model = twin();
    using learner = createWorkerLearner(model, open(), { ...options, loss: { ...mse, name: 'mine' } });
    learner.step([0, 0], 0);
    expect(await ended(learner)).toMatchObject({ code: 'invalid-option', message: expect.stringContaining('mine') });
  });

  it.each([
    ['throws', "throw new Error('boom')", /failed: boom/],
    ['exits', 'process.exit(3)', /exited with code 3/],
    ['has an end', '', /exited with code 0/],
  ])('reports when the worker %s', async (_, code, message) => {
    using model = twin();
    const reported: unknown[] = [];
    const worker = new Worker(code, { eval: true });
    using learner = createWorkerLearner(model, worker, { ...options, onError: (error) => reported.push(error) });
    learner.step([0, 0], 0);
    const failure = await ended(learner);
    expect(failure).toMatchObject({ name: 'EddyError', code: 'host', message: expect.stringMatching(message) });
    expect(reported).toEqual([failure]);
    await turn();
  });

  it('reports when someone else terminates the worker; the model keeps the weights that had come', async () => {
    using model = twin();
    const worker = open();
    using learner = createWorkerLearner(model, worker, { ...options, handOver: { updates: 1 } });
    for (const { x, target } of wave(20)) learner.step(x, target);
    await learner.finish();
    const weights = model.readBlock();
    await worker.terminate();
    expect(() => learner.step([0, 0], 0)).toThrow(expect.objectContaining({ code: 'host' }));
    expect(model.readBlock()).toEqual(weights);
  });
});

describe('options of a learner in another thread', () => {
  const nowhere = new MessageChannel().port1;
  const refused = (given: object, message: RegExp) =>
    expect(() => createWorkerLearner(first, nowhere, { ...options, ...given })).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringMatching(message) }),
    );

  it('are refused at the call where none can have them, or a message cannot carry them', () => {
    refused({ schedule: () => 1 }, /schedule .*runLearnerWorker/);
    refused({ budget: { micros: 1, per: 'sample', now: () => 0 } }, /budget .*runLearnerWorker/);
    refused({ handOver: { updates: 0 } }, /handOver/);
    refused({ handOver: { updates: 1, samples: 1 } }, /handOver/);
    refused({ batch: 0 }, /batch/);
    refused({ batch: 10, maxWaiting: 9 }, /maxWaiting/);
    refused({ k1: 0 }, /k1/);
    refused({ horizon: [1, 2] }, /horizons/);
  });
});
