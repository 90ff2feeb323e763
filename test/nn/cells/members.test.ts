import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from '../../../src/checkpoint/checkpoint.js';
import { definitionOf, specOf } from '../../../src/checkpoint/modelSpec.js';
import { createModel, dense, gradientFidelity, minGru, mse } from '../../../src/index.js';
import { exportGuitarml } from '../../../src/interop/export/guitarml.js';
import { exportKeras } from '../../../src/interop/export/keras.js';
import { exportOnnx } from '../../../src/interop/export/onnx.js';
import { exportPytorch } from '../../../src/interop/export/pytorch.js';
import { exportRtneural } from '../../../src/interop/export/rtneural.js';
import { createWorkerLearner } from '../../../src/worker/workerLearner.js';
import { learnInThread } from '../../worker/inThread.js';
import { forms, normals, options, shake } from './forms.js';

const writers = {
  pytorch: exportPytorch,
  keras: exportKeras,
  onnx: exportOnnx,
  rtneural: exportRtneural,
  guitarml: exportGuitarml,
};

describe.each(forms)('%s', (_, make) => {
  const open = () => createModel({ input: 2, layers: [make(5), make(3)], output: dense(1), seed: 3 });

  it('comes back from a checkpoint, form, dropout and all, and steps with the same bits', async () => {
    using model = await open();
    shake(model);
    const definition = definitionOf(model.spec);
    const file = encodeCheckpoint({ epoch: 1, offset: 0, definition, weights: model.weights(), state: {} });
    const read = decodeCheckpoint(file);
    expect(read.definition).toEqual(definition);
    using again = await createModel(specOf(read.definition ?? definition));
    again.setWeights(read.weights);
    expect(again.layers.map(({ variant }) => variant)).toEqual(model.layers.map(({ variant }) => variant));
    using state = model.openState();
    using other = again.openState();
    for (let t = 0; t < 5; t++) {
      const x = normals(2);
      expect(again.step(x, other)).toEqual(model.step(x, state));
    }
  });

  it('learns in a worker what it learns here, bit for bit', async () => {
    using model = await open();
    const items = Array.from({ length: 120 }, (_, t) => ({ x: normals(2), target: Math.fround(((t * 3) % 17) / 17) }));
    const { last } = learnInThread(model, items, { ...options, horizon: 0 });
    const worker = new Worker(new URL('../../worker/worker.mjs', import.meta.url));
    using learner = createWorkerLearner(model, worker, options);
    for (const { x, target } of items) learner.step(x, target);
    await learner.finish();
    expect(model.readBlock()).toEqual(last);
  });

  it('has a window’s gradient that is the true one once the window holds all', async () => {
    using model = await open();
    shake(model);
    const series = Array.from({ length: 6 }, () => ({ x: normals(2), target: normals(1) }));
    const [short, whole] = gradientFidelity(model, series, { loss: mse, k2: [1, 6] });
    expect(whole.cosine).toBeCloseTo(1, 9);
    expect(whole.norm).toBeCloseTo(1, 9);
    expect(short.cosine).toBeLessThan(1);
  });

  it('has no number in the parameter block that is neither a weight nor padding', async () => {
    using model = await open();
    const { layers } = model;
    const padded = layers.map(({ cell, units, inputs }) =>
      cell.parameters.reduce(
        (sum, { columns }) => sum + cell.gates * Math.ceil(units / 4) * 4 * { inputs, units, none: 1 }[columns],
        0,
      ),
    );
    const readout = 4 + 4; // one output over three units, padded to four, and its bias
    expect(model.block.floats).toBe(padded.reduce((sum, n) => sum + n, 0) + readout);
  });

  it.each(Object.entries(writers))('goes into %s, or is refused by name', async (format, write) => {
    using model = await createModel({ input: 1, layers: [make(3)], output: dense(1) });
    const exported = { definition: definitionOf(model.spec), weights: model.weights() };
    const { cell, options: form } = model.layers[0];
    const known = Object.hasOwn(cell.foreign, format);
    if (!known) expect(() => write(exported)).toThrow(new RegExp(`it has no ${cell.name} cell`));
    else if (Object.values(form).every((value) => value === true || value === 'tanh'))
      expect(() => write(exported)).not.toThrow();
  });
});

it('minGru(32) over one input has 128 parameters', async () => {
  using model = await createModel({ input: 1, layers: [minGru(32)] });
  expect(model.block.floats).toBe(128);
  expect(Object.entries(model.weights()).map(([name, { shape }]) => [name, shape])).toEqual([
    ['layers.0.weight_ih', [64, 1]],
    ['layers.0.bias_ih', [64]],
  ]);
});
