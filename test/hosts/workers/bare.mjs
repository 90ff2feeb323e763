// The smallest edge worker that learns: no tfjs in it.
import { adam, dense, loadKernels, lstm, mse, openBareRuntime, openLearner, openModel } from 'rx-eddy/bare';

export default {
  async fetch() {
    const model = openModel(openBareRuntime(await loadKernels()), {
      input: 1,
      layers: [lstm(32)],
      output: dense(1),
      seed: 7,
    });
    const learner = openLearner(model, { k1: 1, k2: 16, loss: mse, optimizer: adam(1e-3) });
    const losses = [];
    for (let t = 0; t < 400; t++) {
      const { due } = learner.step([(t % 50) / 50], [((t + 1) % 50) / 50]);
      losses.push(due.loss);
    }
    return Response.json({ losses });
  },
};
