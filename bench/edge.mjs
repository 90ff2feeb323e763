// What coldStart.mjs weighs: an edge worker that predicts and learns.
import { learn, predict } from '../dist/operators/index.js';
import { adam, createModel, dense, lstm, mse } from '../dist/src/index.js';

export default {
  async fetch() {
    const model = await createModel({ input: 1, layers: [lstm(32)], output: dense(1) });
    const options = { target: (x) => x[0], k1: 8, k2: 32, loss: mse, optimizer: adam(1e-3) };
    return { predicted: predict(model), learned: learn(model, options) };
  },
};
