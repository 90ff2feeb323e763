import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createModel, lstm, type Model } from '../../src/index.js';

let model: Model;
beforeAll(async () => {
  model = await createModel({ input: 1, layers: [lstm(4)], seed: 1 });
  await tf.setBackend('wasm');
});

describe("tfjs's own code on the backend that eddy has started", () => {
  it('computes', () => {
    const a = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const b = tf.tensor2d([1, 0, 0, 1, 1, 1], [3, 2]);
    expect([...tf.matMul(a, b).dataSync()]).toEqual([4, 5, 10, 11]);
    expect([...tf.sum(a, 1).dataSync()]).toEqual([6, 15]);
    expect([...tf.argMax(a, 1).dataSync()]).toEqual([2, 2]);
    expect([...tf.concat([a, a], 0).dataSync()]).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]);
    expect([...tf.slice(a, [0, 1], [2, 2]).dataSync()]).toEqual([2, 3, 5, 6]);
    expect([...tf.transpose(a).dataSync()]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...tf.greater(a, 3).dataSync()]).toEqual([0, 0, 0, 1, 1, 1]);
    expect([...tf.cast(tf.mul(a, 2.5), 'int32').dataSync()]).toEqual([2, 5, 7, 10, 12, 15]);
    const softmax = tf.softmax(a).dataSync();
    expect(softmax[0] + softmax[1] + softmax[2]).toBeCloseTo(1, 6);
    expect(softmax[1] / softmax[0]).toBeCloseTo(Math.E, 5);
  });

  it('picks boxes, which its module answers in memory of its own', () => {
    const boxes = tf.tensor2d([0, 0, 1, 1, 0, 0.1, 1, 1.1, 0, 10, 1, 11], [3, 4]);
    expect([...tf.image.nonMaxSuppression(boxes, [0.9, 0.75, 0.6], 3, 0.5).dataSync()]).toEqual([0, 2]);
  });

  it('holds text, and reads it back', async () => {
    const text = tf.tensor1d(['bits', 'ünd', ''], 'string');
    expect(await text.data()).toEqual(['bits', 'ünd', '']);
    expect(tf.slice(text, [1], [1]).dataSync()).toEqual(['ünd']);
  });

  it('frees what is disposed, once no clone holds it', () => {
    const { numBytes, numTensors } = tf.memory();
    const held = tf.backend().numDataIds();
    tf.tidy(() => {
      const x = tf.ones([100, 100]);
      const clone = tf.reshape(x, [10_000]);
      x.dispose();
      expect(clone.dataSync()[9_999]).toBe(1);
    });
    expect(tf.memory()).toMatchObject({ numBytes, numTensors });
    expect(tf.backend().numDataIds()).toBe(held);
  });

  it('grows the heap under a model, whose numbers stay', () => {
    const state = model.openState();
    const before = { weights: model.weights(), y: model.step([1], state) };
    const bytes = model.runtime.heap.f32.buffer.byteLength;
    const large = tf.zeros([bytes / 2]);
    expect(model.runtime.heap.f32.buffer.byteLength).toBeGreaterThan(bytes);
    large.dispose();
    state.reset();
    expect({ weights: model.weights(), y: model.step([1], state) }).toEqual(before);
  });

  it('says so where the heap has no room, and writes nothing', () => {
    const weights = model.weights();
    expect(() => tf.zeros([2 ** 29])).toThrow(expect.objectContaining({ code: 'out-of-memory' }));
    expect(model.weights()).toEqual(weights);
  });

  it('is timed', async () => {
    const { kernelMs } = await tf.time(() => tf.square(tf.ones([10])));
    expect(kernelMs).toBeGreaterThanOrEqual(0);
  });
});
