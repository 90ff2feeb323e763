import { spawnSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createLearner, createModel, dense, EddyError, lstm, mse, sgd } from '../../src/index.js';
import { refuseOtherVersion, startTfjs } from '../../src/runtime/tfjs.js';
import { root } from '../house/sources.js';

const spec = { input: 2, layers: [lstm(9)], output: dense(1), seed: 3 };
const samples = Array.from({ length: 20 }, (_, t) => [((t * 7) % 5) / 5, ((t * 3) % 4) / 4]);

/** What an ES module prints as JSON, run by a Node of its own on the built package. */
function inNode(code: string): unknown {
  const script = `import { createModel, dense, lstm } from './dist/src/index.js';
    import * as tf from '@tensorflow/tfjs-core';
    const spec = { input: 2, layers: [lstm(9)], output: dense(1), seed: 3 };
    const say = (value) => console.log(JSON.stringify(value));
    const failure = (error) => ({ name: error.name, code: error.code, message: error.message });
    ${code}`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

describe('the runtime', () => {
  it('starts once a process, however many ask at the same time', async () => {
    const [a, b, one, two] = await Promise.all([startTfjs(), startTfjs(), createModel(spec), createModel(spec)]);
    expect(a).toBe(b);
    expect(one.runtime).toBe(a);
    expect(two.runtime).toBe(a);
    one.dispose();
    two.dispose();
  });

  it('is tfjs’s wasm backend: a user’s ops compute on it and allocate on the same heap', async () => {
    const { heap } = await startTfjs();
    expect(await tf.setBackend('wasm')).toBe(true);
    const y = tf.tidy(() => tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2])));
    expect([...(await y.data())]).toEqual([19, 22, 43, 50]);
    y.dispose();
    const before = heap.f32.byteLength;
    const large = tf.zeros([before / 4]);
    expect(heap.f32.byteLength).toBeGreaterThan(before);
    large.dispose();
  });

  it('goes on bit for bit when the heap has grown in the middle of a stream', async () => {
    using model = await createModel(spec);
    const { heap } = model.runtime;
    const options = { k1: 2, k2: 5, loss: mse, optimizer: sgd(0.1, { momentum: 0.9 }) };
    const run = (between: () => void) => {
      using twin = model.openState();
      const weights = model.weights();
      using learner = createLearner(model, options);
      const outputs = samples.map((x, t) => {
        if (t === 9) between();
        return [...model.step(x, twin), ...learner.step(x, x[0]).output];
      });
      const learned = model.weights();
      model.setWeights(weights);
      return { outputs, learned };
    };
    const flatline = run(() => {});
    const tensors: tf.Tensor[] = [];
    const grown = run(() => {
      const { buffer } = heap.f32;
      tensors.push(tf.zeros([buffer.byteLength / 2]));
      expect(heap.f32.buffer).not.toBe(buffer);
      expect(buffer.byteLength).toBe(0);
    });
    expect(grown).toEqual(flatline);
    tf.dispose(tensors);
  });

  it('adds no listener to the process, and leaves its user’s backend active', () => {
    const { before, after, active } = Object(
      inNode(`
        const listeners = () => process.eventNames().map((name) => [String(name), process.listenerCount(name)]);
        const before = listeners();
        const model = await createModel(spec);
        model.step([1, 2], model.openState());
        say({ before, after: listeners(), active: tf.engine().backendName });`),
    );
    expect(after).toEqual(before);
    expect(active).not.toBe('wasm');
  });

  it('refuses a tfjs of another version', () => {
    expect(() => refuseOtherVersion('4.22.0')).not.toThrow();
    for (const core of ['4.21.0', '4.22.1']) {
      expect(() => refuseOtherVersion(core)).toThrow(
        expect.objectContaining({
          code: 'host',
          message: `eddy: tfjs-core must be 4.22.0, got ${core}; install exactly that version`,
        }),
      );
    }
  });

  it('refuses a host without SIMD, and starts once there is one', () => {
    const { refused, output } = Object(
      inNode(`
        const { validate } = WebAssembly;
        WebAssembly.validate = () => false;
        const refused = await createModel(spec).catch(failure);
        WebAssembly.validate = validate;
        const model = await createModel(spec);
        say({ refused, output: model.step([1, 2], model.openState()).length });`),
    );
    expect(refused).toMatchObject({ name: 'EddyError', code: 'host' });
    expect(refused.message).toMatch(/must run WebAssembly SIMD.*use Node 20\.19/);
    expect(output).toBe(1);
  });

  it('refuses a wasm backend that someone else has started, which goes on as it was', () => {
    const { refused, sum } = Object(
      inNode(`
        await import('@tensorflow/tfjs-backend-wasm');
        await tf.setBackend('wasm');
        const refused = await createModel(spec).catch(failure);
        say({ refused, sum: tf.sum(tf.tensor1d([1, 2, 3])).dataSync()[0] });
        process.removeAllListeners();`),
    );
    expect(refused).toMatchObject({ name: 'EddyError', code: 'host' });
    expect(refused.message).toMatch(/someone has started it already; await createModel .* before tf\.setBackend/);
    expect(sum).toBe(6);
  });
});

describe('the heap', () => {
  const thrown = (act: () => unknown): unknown => {
    try {
      act();
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it('says how much was asked and how much there is when it is full, and everything else stays usable', async () => {
    using model = await createModel(spec);
    using state = model.openState();
    const { heap } = model.runtime;
    const outputs = () => {
      state.reset();
      return samples.map((x) => [...model.step(x, state)]);
    };
    const before = { outputs: outputs(), bytes: heap.bytesInUse };
    const optimizer = sgd(0.1);
    const greedy = [
      () => heap.allocate(2 ** 31),
      () => model.openState(40_000_000),
      () => createLearner(model, { k1: 1, k2: 30_000_000, loss: mse, optimizer }),
      () => createLearner(model, { k1: Infinity, k2: Infinity, maxSteps: 40_000_000, loss: mse, optimizer }),
    ];
    for (const ask of greedy) {
      const error = thrown(ask);
      expect(error).toBeInstanceOf(EddyError);
      expect(error).toMatchObject({
        code: 'out-of-memory',
        message: expect.stringMatching(
          /^eddy: the heap must have \d{9,} bytes free, it has \d{8,} in all, \d+ of them eddy's, and may grow to 2147483648; use fewer/,
        ),
      });
      expect({ outputs: outputs(), bytes: heap.bytesInUse }).toEqual(before);
    }
  });

  it('refuses weights that no heap can hold before anything is allocated', async () => {
    const { heap } = await startTfjs();
    const bytes = heap.bytesInUse;
    for (const layers of [[lstm(30_000)], Array.from({ length: 8 }, () => lstm(6_000)), [lstm(2 ** 50)]])
      await expect(createModel({ input: 3, layers })).rejects.toThrow(
        expect.objectContaining({ name: 'EddyError', code: 'out-of-memory' }),
      );
    expect(heap.bytesInUse).toBe(bytes);
  });

  it('has every byte back when all is disposed, in any order and more than once', async () => {
    const { heap } = await startTfjs();
    const bytes = heap.bytesInUse;
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2, 1, 0, 2],
    ]) {
      const model = await createModel({ ...spec, layers: [lstm(5), lstm(7)] });
      const owners = [model, model.openState(3), createLearner(model, { k1: 1, k2: 4, loss: mse, optimizer: sgd(1) })];
      expect(heap.bytesInUse).toBeGreaterThan(bytes);
      for (const k of order) owners[k].dispose();
      expect(heap.bytesInUse).toBe(bytes);
    }
  });

  it('gives zeroed blocks at multiples of 64, and does not grow by what has been freed', async () => {
    const { heap } = await startTfjs();
    const size = heap.f32.byteLength;
    for (let round = 0; round < 300; round++) {
      const address = heap.allocate(1_000_000 + round);
      expect(address % 64).toBe(0);
      const block = heap.f32.subarray(address >> 2, (address + 1_000_000) >> 2);
      expect(block.every((value) => value === 0)).toBe(true);
      block.fill(7);
      heap.free(address);
      heap.free(address);
    }
    expect(heap.f32.byteLength).toBe(size);
  });
});
