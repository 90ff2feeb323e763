import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { adam, createModel, dense, gradientFidelity, lstm } from '../../../src/index.js';
import { createWorkerLearner } from '../../../src/worker/workerLearner.js';
import { checked } from '../../spec/checked.js';
import { learnInThread } from '../../worker/inThread.js';

describe.each(Object.entries(checked))('%s', (_, { loss, outputs, readout, targetOf }) => {
  const layers = [lstm(readout ? 4 : outputs)];
  const output = readout && { output: dense(outputs, { activation: readout }) };
  const open = () => createModel({ input: 1, layers, ...output, seed: 2 });
  const items = Array.from({ length: 60 }, (_, t) => ({
    x: [Math.fround(((t * 7) % 11) / 11)],
    target: targetOf([0, 1, 2].map((i) => Math.fround((((t + i) * 5) % 13) / 13 - 0.4))),
  }));

  it('learns in a worker what it learns here, bit for bit', async () => {
    using model = await open();
    const options = { k1: 2, k2: 4, loss, optimizer: adam(0.01), clipNorm: 1 };
    const { last } = learnInThread(model, items, { ...options, horizon: 0 });
    const worker = new Worker(new URL('../../worker/worker.mjs', import.meta.url));
    using learner = createWorkerLearner(model, worker, options);
    for (const { x, target } of items) learner.step(x, target);
    await learner.finish();
    expect(model.readBlock()).toEqual(last);
  });

  it('is measured by gradientFidelity, or refused where it is a whole window’s', async () => {
    using model = await open();
    const measure = () => gradientFidelity(model, items.slice(0, 5), { loss, k2: [5] });
    if (loss.alongTime) expect(measure).toThrow(/float64 reference sample by sample/);
    else expect(measure()[0].cosine).toBeCloseTo(1, 9);
  });
});
