import fc from 'fast-check';
import { afterAll } from 'vitest';
import { createModel, dense, gru, lstm } from '../../../src/index.js';
import { startTfjs } from '../../../src/runtime/tfjs.js';

export const runtime = await startTfjs();
export const model = await createModel({ input: 2, layers: [lstm(5)], output: dense(1), seed: 7 });
export const loop = await createModel({ input: 1, layers: [gru(4)], output: dense(1), seed: 3 });
afterAll(() => {
  model.dispose();
  loop.dispose();
});
export const inUse = () => runtime.heap.bytesInUse;
export const number = fc.integer({ min: -100, max: 100 }).map((n) => n / 100);
export const pair = fc.tuple(number, number);
