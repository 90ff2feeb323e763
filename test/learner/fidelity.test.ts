import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.js';
import {
  createModel,
  crossEntropy,
  dense,
  embedding,
  gradientFidelity,
  gru,
  huber,
  lstm,
  mse,
  rnn,
} from '../../src/index.js';
import { createReferenceNetwork } from '../../src/learner/fidelity/network.js';
import { tfjsLoss } from '../../src/tfjs/index.js';

const series = (seed: number, n: number) => {
  const random = createRandom(seed);
  return Array.from({ length: n }, () => ({ x: random.normal(), target: random.normal() }));
};

describe('gradientFidelity', () => {
  it('is 1 where nothing is cut off, whatever k1, cell and loss', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.constantFrom(rnn(3), lstm(2), gru(3)), async (k1, layer) => {
        using model = await createModel({
          input: 1,
          layers: [layer, gru(2, { resetAfter: false })],
          output: dense(1),
          seed: 8,
        });
        for (const loss of [mse, huber(0.5)]) {
          for (const { cosine, norm } of gradientFidelity(model, series(k1, 12), { loss, k1, k2: [12, 20] })) {
            expect(cosine).toBeCloseTo(1, 10);
            expect(norm).toBeCloseTo(1, 10);
          }
        }
      }),
      { numRuns: 10 },
    );
  });

  it('agrees with the slope of the loss: the true gradient is that of central differences', async () => {
    using model = await createModel({ input: 1, layers: [rnn(1)], seed: 3 });
    const samples = series(4, 7);
    const total = () => {
      const network = createReferenceNetwork(model);
      let state = [0];
      return samples.reduce((sum, { x, target }) => {
        const pass = network.step([Math.fround(x)], state);
        state = pass.state;
        return sum + (pass.output[0] - target) ** 2;
      }, 0);
    };
    const weights = model.weights();
    const nudged = (by: number) => {
      const moved = { ...weights };
      const slopes = Object.entries(weights).map(([name, { shape, data }]) => {
        model.setWeights({ ...moved, [name]: { shape, data: data.map((v) => v + by) } });
        return total();
      });
      model.setWeights(weights);
      return slopes;
    };
    // One parameter in each tensor. Steps that float32 holds exactly enough.
    const step = 2 ** -10;
    const [up, down] = [nudged(step), nudged(-step)];
    const truth = up.map((value, k) => (value - down[k]) / (2 * step));
    // k1 = 1 and k2 = 1: each window is one sample, so the sum of their losses is that of all samples.
    const network = createReferenceNetwork(model);
    let state = [0];
    const cut = samples.reduce(
      (sum, { x, target }) => {
        const pass = network.step([Math.fround(x)], state);
        state = pass.state;
        const back = pass.backward({ output: [2 * (pass.output[0] - target)], state: [0] });
        return sum.map((s, k) => s + back.parameters[k]);
      },
      truth.map(() => 0),
    );
    const norm = (v: number[]) => Math.sqrt(v.reduce((sum, d) => sum + d * d, 0));
    const cosine = truth.reduce((sum, d, k) => sum + d * cut[k], 0) / (norm(truth) * norm(cut));
    const [fidelity] = gradientFidelity(model, samples, { loss: mse, k2: [1] });
    expect(fidelity.cosine).toBeCloseTo(cosine, 4);
    expect(fidelity.norm).toBeCloseTo(norm(cut) / norm(truth), 4);
  });

  it('looks symbols up in their table', async () => {
    using model = await createModel({
      input: 1,
      layers: [embedding(4, 2), gru(3)],
      output: dense(4, { activation: 'softmax' }),
      seed: 2,
    });
    const samples = Array.from({ length: 20 }, (_, t) => ({ x: t % 4, target: (t + 2) % 4 }));
    const [one, all] = gradientFidelity(model, samples, { loss: crossEntropy, k2: [1, 20] });
    expect(one.cosine).toBeLessThan(0.999);
    expect(all.cosine).toBeCloseTo(1, 10);
  });

  it('rises with k2 where the past matters', async () => {
    using model = await createModel({ input: 1, layers: [lstm(4)], output: dense(1), seed: 1 });
    const random = createRandom(3);
    const noise = Array.from({ length: 60 }, () => random.normal());
    // The target is what came four samples before.
    const samples = noise.map((x, t) => (t < 4 ? { x } : { x, target: noise[t - 4] }));
    const found = gradientFidelity(model, samples, { loss: mse, k2: [1, 4, 16, 60] }).map(({ cosine }) => cosine);
    expect(found[0]).toBeLessThan(found[1]);
    expect(found[1]).toBeLessThan(found[2]);
    expect(found[2]).toBeGreaterThan(0.99);
    expect(found[3]).toBeCloseTo(1, 10);
  });

  it('refuses what has no reference, and what RTRL cannot do in time', async () => {
    using model = await createModel({ input: 1, layers: [lstm(4)], output: dense(1) });
    const samples = series(1, 3);
    expect(() => gradientFidelity(model, samples, { loss: mse, k2: [0] })).toThrow(/k2 must be a whole number ≥ 1/);
    expect(() => gradientFidelity(model, samples, { loss: tfjsLoss((y) => y), k2: [1] })).toThrow(/got tfjs/);
    expect(() => gradientFidelity(model, samples, { loss: crossEntropy, k2: [1] })).toThrow(/softmax/);
    expect(() => gradientFidelity(model, [{ x: Number.NaN }], { loss: mse, k2: [1] })).toThrow(/sample 1/);
    using large = await createModel({ input: 1, layers: [lstm(60)], output: dense(1) });
    expect(() => gradientFidelity(large, series(1, 300), { loss: mse, k2: [1] })).toThrow(/fewer units or samples/);
  });
});
