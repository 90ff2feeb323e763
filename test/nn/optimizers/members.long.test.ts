import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from '../../../src/checkpoint/checkpoint.js';
import { createLearner, createModel, gru, mse } from '../../../src/index.js';
import { optimizers } from '../../../src/nn/optimizers/registry.js';
import { createWorkerLearner } from '../../../src/worker/workerLearner.js';
import { learnInThread } from '../../worker/inThread.js';

const items = Array.from({ length: 80 }, (_, t) => ({
  x: [Math.fround(((t * 7) % 11) / 11)],
  target: [0, 1, 2].map((i) => Math.fround((((t + i) * 5) % 13) / 13)),
}));

describe.each(optimizers.members)('$name', ({ examples }) => {
  const forms = examples(0.01).map(({ optimizer }) => [JSON.stringify(optimizer.fields), optimizer] as const);
  const open = () => createModel({ input: 1, layers: [gru(3)], seed: 4 });

  it.each(forms)('%s: learns in a worker what it learns here, bit for bit', async (_, optimizer) => {
    using model = await open();
    const options = { k1: 2, k2: 4, loss: mse, optimizer, clipNorm: 1 };
    const { last } = learnInThread(model, items, { ...options, horizon: 0 });
    const worker = new Worker(new URL('../../worker/worker.mjs', import.meta.url));
    using learner = createWorkerLearner(model, worker, options);
    for (const { x, target } of items) learner.step(x, target);
    await learner.finish();
    expect(model.readBlock()).toEqual(last);
  });

  it.each(forms)('%s: its moments come back from a checkpoint, and it goes on bit for bit', async (_, optimizer) => {
    using model = await open();
    using learner = createLearner(model, { k1: 1, k2: 4, loss: mse, optimizer });
    const run = (from: number, to: number) => items.slice(from, to).map(({ x, target }) => learner.step(x, target));
    run(0, 30);
    const state = { learner: learner.snapshot() };
    const file = encodeCheckpoint({ epoch: 1, offset: 30, definition: null, weights: {}, state });
    const after = run(30, 60).map(({ output }) => output);
    const read = decodeCheckpoint(file).state.learner;
    expect(read).toBeDefined();
    learner.restore(Object.fromEntries(Object.entries(read ?? {})));
    expect(run(30, 60).map(({ output }) => output)).toEqual(after);
  });
});
