import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.js';
import {
  adam,
  createLearner,
  createModel,
  crossEntropy,
  dense,
  embedding,
  gru,
  type LearnerOptions,
  lstm,
  type ModelSpec,
  mse,
  rnn,
  sgd,
} from '../../src/index.js';
import { createReferenceNetwork } from '../../src/learner/fidelity/network.js';
import { crossEntropyReference } from '../../src/nn/losses/crossEntropy/reference.js';
import { mseReference } from '../../src/nn/losses/mse/reference.js';

const networks: { [name: string]: ModelSpec } = {
  lstm: { input: 2, layers: [lstm(5)], output: dense(2) },
  gru: { input: 2, layers: [gru(5)], output: dense(2) },
  'gru, reset before': {
    input: 2,
    layers: [gru(3, { resetAfter: false })],
    output: dense(2, { activation: 'sigmoid' }),
  },
  'rnn under lstm under gru': { input: 2, layers: [rnn(4), lstm(3), gru(6)], output: dense(2) },
  'gru over an embedding': { input: 1, layers: [embedding(5, 3), gru(4), lstm(3)], output: dense(2) },
  'with dropout': { input: 2, layers: [lstm(4, { dropout: 0.5 }), gru(3, { dropout: 0.2 })], output: dense(2) },
  'no readout': { input: 2, layers: [lstm(4), rnn(2, { activation: 'sigmoid' })] },
};
const normals = (seed: number, n: number) => {
  const random = createRandom(seed);
  return Array.from({ length: n }, () => [random.normal(), random.normal()].map(Math.fround));
};
const samplesOf = ({ input }: ModelSpec, seed: number, n: number) => {
  const random = createRandom(seed);
  return input === 1 ? Array.from({ length: n }, () => [random.integer(5)]) : normals(seed, n);
};
const norm = (v: number[]) => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));

/** ‖∂ℓ/∂h‖ by layer and sample, in float64, over samples that start from zeros; ℓ the loss at `last`. */
function referenceNorms(
  network: ReturnType<typeof createReferenceNetwork>,
  xs: number[][],
  target: number[],
  last: number,
  window: number,
) {
  let state: number[] = new Array(network.stateSize).fill(0);
  const passes = xs.map((x) => {
    const pass = network.step(x, state);
    state = pass.state;
    return pass;
  });
  let dState: number[] = new Array(network.stateSize).fill(0);
  const byLag = [];
  for (let t = xs.length - 1; t >= xs.length - window; t--) {
    const slope = t === last ? mseReference(passes[t].output, target)?.gradient : undefined;
    const back = passes[t].backward({ ...(slope && { output: slope }), state: dState });
    byLag.push(back.hidden.map(norm));
    dState = back.state;
  }
  return byLag;
}

describe.each(Object.entries(networks))('the gradient of %s made visible', (_, spec) => {
  it.each([
    ['at the front', 12, 8],
    ['three samples before it', 9, 8],
    ['with a window as long as the past', 12, 12],
  ])('is that of the float64 references, its label %s', async (_, labelled, window) => {
    using model = await createModel({ ...spec, seed: 6 });
    // The rate is so small that the weights stay: the references run with those of the end.
    using learner = createLearner(model, { k1: 1, k2: window, loss: mse, optimizer: sgd(1e-30) });
    const xs = samplesOf(spec, 1, 12);
    const target = [0.3, -0.7];
    xs.forEach((x, t) => {
      learner.step(x, t + 1 <= labelled ? target : [Number.NaN, Number.NaN]);
    });
    const want = referenceNorms(createReferenceNetwork(model), xs, target, labelled - 1, window);
    const got = learner.gradientNormByLag();
    expect(got).toHaveLength(window);
    want.forEach((layers, k) => {
      expect(Math.abs(got[k] - norm(layers)) / (norm(want[0]) || 1), `lag ${k}`).toBeLessThan(1e-5);
    });
    const byLayer = learner.gradientNormByLayer();
    model.layers.forEach((_, l) => {
      const all = norm(want.map((layers) => layers[l]));
      expect(Math.abs(byLayer[l] - all) / all, `layer ${l}`).toBeLessThan(1e-5);
    });
  });

  it('disturbs no bit of the training, however often it is looked at', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom([1, 4], [4, 4], [3, 5], [5, 2]), fc.nat(1000), async ([k1, k2], seed) => {
        const run = async (look: boolean) => {
          using model = await createModel({ ...spec, seed: 2 });
          const options: LearnerOptions = { k1, k2, loss: mse, optimizer: adam(0.01), clipNorm: 1 };
          using learner = createLearner(model, options);
          const [xs, targets] = [samplesOf(spec, seed, 30), normals(seed + 1, 30)];
          const results = xs.map((x, t) => {
            const step = learner.step(x, t % 3 === 1 ? undefined : targets[t]);
            if (look) [learner.gradientNormByLag(), learner.gradientNormByLayer(), learner.gates()];
            return step;
          });
          return { results, snapshot: learner.snapshot() };
        };
        expect(await run(true)).toEqual(await run(false));
      }),
      { numRuns: 5 },
    );
  });

  it('reads gates and states that make the next state', async () => {
    using model = await createModel({ ...spec, seed: 6 });
    using learner = createLearner(model, { k1: 1, k2: 4, loss: mse, optimizer: sgd(0.01) });
    expect(learner.gates()).toEqual({});
    const xs = samplesOf(spec, 3, 9);
    for (const x of xs) learner.step(x, [0.1, 0.2]);
    // Twice the same weights from here on: no target, no update.
    const before = learner.state();
    learner.step(xs[0]);
    const after = learner.state();
    const gates = learner.gates();
    model.layers.forEach(({ cell, units, name: layer }) => {
      const of = (name: string) => gates[`${layer}.${name}`];
      expect(of('h')).toEqual(after[`${layer}.h`]);
      if (cell.name === 'lstm') expect(of('c')).toEqual(after[`${layer}.c`]);
      for (let u = 0; u < units; u++) {
        const [h0, c0] = [before[`${layer}.h`][u], before[`${layer}.c`]?.[u]];
        if (cell.name === 'lstm') {
          expect(of('c')[u]).toBeCloseTo(of('f')[u] * c0 + of('i')[u] * of('g')[u], 6);
          expect(of('h')[u]).toBeCloseTo(of('o')[u] * Math.tanh(of('c')[u]), 6);
        }
        if (cell.name === 'gru') {
          expect(of('h')[u]).toBeCloseTo(of('z')[u] * h0 + (1 - of('z')[u]) * of('n')[u], 6);
          expect(of('r')[u]).toBeGreaterThan(0);
          expect(of('r')[u]).toBeLessThan(1);
        }
      }
    });
  });
});

it('reads the gradient of several rows as that of their mean loss, and of a fused loss from its logits', async () => {
  using model = await createModel({ input: 2, layers: [gru(4)], output: dense(3, { activation: 'softmax' }), seed: 1 });
  using state = model.openState(2);
  using learner = createLearner(model, { k1: 1, k2: 3, loss: crossEntropy, optimizer: sgd(1e-30), state });
  const xs = normals(5, 6);
  for (let t = 0; t < 3; t++) learner.step([...xs[2 * t], ...xs[2 * t + 1]], [2, 0]);
  const network = createReferenceNetwork(model);
  const squares = [0, 0, 0];
  [2, 0].forEach((target, row) => {
    let before: number[] = [0, 0, 0, 0];
    const passes = [0, 1, 2].map((t) => {
      const pass = network.step(xs[2 * t + row], before);
      before = pass.state;
      return pass;
    });
    let dState = [0, 0, 0, 0];
    for (let k = 0; k < 3; k++) {
      const pass = passes[2 - k];
      const slope = k === 0 ? crossEntropyReference(pass.logits, target)?.gradient.map((d) => d / 2) : undefined;
      const back = pass.backward({ ...(slope && { logits: slope }), state: dState });
      squares[k] += norm(back.hidden[0]) ** 2;
      dState = back.state;
    }
  });
  learner.gradientNormByLag().forEach((value, k) => {
    expect(value).toBeCloseTo(Math.sqrt(squares[k]), 6);
  });
});

it('is empty where nothing is labelled', async () => {
  using model = await createModel({ input: 2, layers: [rnn(3)], output: dense(2) });
  using learner = createLearner(model, { k1: 1, k2: 3, loss: mse, optimizer: sgd(0.1) });
  expect(learner.gradientNormByLag()).toEqual(new Float64Array(0));
  learner.step([1, 2], [Number.NaN, Number.NaN]);
  expect(learner.gradientNormByLag()).toEqual(new Float64Array(0));
  expect(learner.gradientNormByLayer()).toEqual(new Float64Array(0));
});
