import { expect } from 'vitest';
import { adam, createModel, dense, type Learner, type LearnerOptions, lstm, type Model, mse } from '../../src/index.js';

export const optimizer = adam(1e-2);
export const options: LearnerOptions = { k1: 2, k2: 4, loss: mse, optimizer, clipNorm: 1, maxLag: 6 };
export const open = (seed = 3) => createModel({ input: 2, layers: [lstm(5)], output: dense(2), seed });
/** What JavaScript lets through and the types do not. */
export const wrong = <T>(value: unknown): T => value as T;
export const error = (code: string, message: RegExp) =>
  expect.objectContaining({ name: 'EddyError', code, message: expect.stringMatching(message) });
export const all = (model: Model, learner: Learner) => ({ weights: model.weights(), learner: learner.snapshot() });
export const warm = (learner: Learner) => {
  for (let t = 1; t <= 5; t++) learner.step([t / 5, 0.5], t === 3 ? undefined : [0.1 * t, -0.1]);
};
