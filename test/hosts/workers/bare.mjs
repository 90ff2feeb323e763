// The smallest edge worker that learns: no tfjs in it.
import { adam, createBareRuntime, createLearner, createModelOn, dense, loadKernels, lstm, mse } from 'rx-eddy/bare';

export default {
  async fetch() {
    const model = createModelOn(createBareRuntime(await loadKernels()), {
      input: 1,
      layers: [lstm(32)],
      output: dense(1),
      seed: 7,
    });
    const learner = createLearner(model, { k1: 1, k2: 16, loss: mse, optimizer: adam(1e-3) });
    const losses = [];
    for (let t = 0; t < 400; t++) {
      const { scored } = learner.step([(t % 50) / 50], [((t + 1) % 50) / 50]);
      losses.push(scored.loss);
    }
    return Response.json({ losses });
  },
};
