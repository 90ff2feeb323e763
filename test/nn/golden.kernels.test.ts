import { describe, expect, it } from 'vitest';
import {
  adagrad,
  adam,
  adamw,
  createLearner,
  createModel,
  dense,
  gru,
  lstm,
  mse,
  rmsprop,
  rnn,
  type StateRecord,
  sgd,
  type Weights,
} from '../../src/index.js';
import { Sequence } from '../../src/learner/sequence.js';
import {
  type CellCase,
  type GoldenCell,
  goldenNames,
  type LearnerCase,
  readGolden,
  type Tensor,
  type Tensors,
} from '../golden/golden.js';
import { distance } from '../spec/layers.js';

const layerOf = {
  rnn_tanh: (units: number) => rnn(units),
  rnn_relu: (units: number) => rnn(units, { activation: 'relu' }),
  lstm,
  gru: (units: number) => gru(units),
  gru_reset_before: (units: number) => gru(units, { resetAfter: false }),
};
const stack = ({ cell, hidden, layers }: { cell: GoldenCell; hidden: number; layers: number }) =>
  Array.from({ length: layers }, () => layerOf[cell](hidden));
const f32 = ({ data }: Tensor) => Float32Array.from(data);

/** PyTorch's names to eddy's. */
function weightsOf(tensors: Tensors, layers: number): Weights {
  const named = (name: string) => ({ shape: tensors[name].shape, data: f32(tensors[name]) });
  const parts = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'];
  const weights: Record<string, Weights[string]> = {};
  for (let l = 0; l < layers; l++) for (const part of parts) weights[`layers.${l}.${part}`] = named(`${part}_l${l}`);
  if ('head_weight' in tensors) {
    weights['output.weight'] = named('head_weight');
    weights['output.bias'] = named('head_bias');
  }
  return weights;
}

/** Tensors [layers, H] as eddy's state. */
function stateOf(hidden: number, h: Tensor, c?: Tensor): StateRecord {
  const record: Record<string, Float32Array> = {};
  const add = (name: string, { data }: Tensor, l: number) => {
    record[`layers.${l}.${name}`] = Float32Array.from(data.slice(l * hidden, (l + 1) * hidden));
  };
  for (let l = 0; l < h.shape[0]; l++) {
    add('h', h, l);
    if (c) add('c', c, l);
  }
  return record;
}

function optimizerOf({ name, lr, beta1 = 0, beta2 = 0, eps: epsilon = 0, ...rest }: LearnerCase['optimizer']) {
  if (name === 'adam') return adam(lr, { beta1, beta2, epsilon });
  if (name === 'adamw') return adamw(lr, { beta1, beta2, epsilon, weightDecay: rest.weight_decay ?? 0 });
  if (name === 'rmsprop') return rmsprop(lr, { decay: rest.alpha ?? 0, epsilon });
  if (name === 'adagrad') return adagrad(lr, { epsilon });
  return sgd(lr, { momentum: rest.momentum ?? 0 });
}

const worst = (got: ArrayLike<number>, want: ArrayLike<number>) => {
  expect(got.length).toBe(want.length);
  return Array.from(got).reduce((top, value, k) => Math.max(top, Math.abs(value - want[k])), 0);
};
const named = <C extends { name: string }>(cases: C[]) => cases.map((golden) => [golden.name, golden] as const);

describe.each(goldenNames('cells'))('kernels forward and backward against PyTorch: %s', (file) => {
  it.each(named(readGolden(file).cases))('%s', async (_, golden: CellCase) => {
    const { input, hidden, layers, steps, expected, grads } = golden;
    using model = await createModel({ input, layers: stack(golden) });
    model.setWeights(weightsOf(golden.weights, layers));
    using sequence = new Sequence(model, 1, steps);
    const { y, state } = sequence.forward(f32(golden.x), stateOf(hidden, golden.h0, golden.c0));
    const outputs = Math.max(2e-5, 10 * golden.f32_max_abs.outputs);
    expect(worst(y, expected.y.data)).toBeLessThan(outputs);
    for (const [name, want] of Object.entries(stateOf(hidden, expected.hn, expected.cn)))
      expect(worst(state[name], want), name).toBeLessThan(outputs);
    const scale = 2 / y.length;
    const got = sequence.backward(y.map((value, k) => scale * (value - golden.target.data[k])));
    const tolerance = Math.max(2e-5, 10 * golden.f32_max_abs.grads);
    const { x, h0, c0, ...weights } = grads;
    for (const [name, { data }] of Object.entries(weightsOf(weights, layers)))
      expect(worst(got.weights[name].data, data), name).toBeLessThan(tolerance);
    expect(worst(got.x, x.data)).toBeLessThan(tolerance);
    for (const [name, want] of Object.entries(stateOf(hidden, h0, c0)))
      expect(worst(got.state[name], want), name).toBeLessThan(tolerance);
  });
});

describe.each(goldenNames('tbptt'))('the learner against PyTorch: %s', (file) => {
  it.each(named(readGolden(file).cases))('%s', async (_, golden: LearnerCase) => {
    const { input, hidden, layers, outputs, samples, k1, k2, expected } = golden;
    using model = await createModel({ input, layers: stack(golden), output: dense(outputs) });
    model.setWeights(weightsOf(golden.weights, layers));
    using state = model.openState();
    state.restore(stateOf(hidden, golden.h0, golden.c0));
    const optimizer = optimizerOf(golden.optimizer);
    using learner = createLearner(model, { k1, k2, loss: mse, optimizer, clipNorm: golden.clip_norm, state });
    const tolerance = Math.max(1e-4, 10 * golden.f32_max_abs.weights);
    const near = Math.max(1e-4, 10 * golden.f32_max_abs.pred);
    const norms: number[] = [];
    for (let t = 0; t < samples; t++) {
      const step = learner.step(
        f32(golden.x).subarray(t * input, (t + 1) * input),
        f32(golden.target).subarray(t * outputs, (t + 1) * outputs),
      );
      expect(worst(step.output, expected.pred.data.slice(t * outputs, (t + 1) * outputs))).toBeLessThan(near);
      // A mean of squares moves by at most 2 √mse · near + near² when no output moves by more than `near`.
      const mse = expected.online_mse.data[t];
      expect(Math.abs((step.scored?.loss ?? NaN) - mse)).toBeLessThan(
        Math.max(1e-4, (2 * Math.sqrt(mse) + near) * near),
      );
      if (step.updated) norms.push(step.gradientNorm ?? NaN);
      if (step.updated && norms.length === 1) {
        const first = weightsOf(expected.weights_after_first_update, layers);
        for (const [name, { data }] of Object.entries(model.weights()))
          expect(worst(data, first[name].data), name).toBeLessThan(1e-4);
      }
    }
    expect(norms.length).toBe(expected.updates);
    expect(learner.counts.clipped).toBe(expected.updates_clipped);
    const last = weightsOf(expected.weights_after_run, layers);
    for (const [name, { data }] of Object.entries(model.weights()))
      expect(worst(data, last[name].data), name).toBeLessThan(tolerance);
    // The state is as far off as what is read from it; an LSTM's c has no bound: relative above 1.
    for (const [name, want] of Object.entries(stateOf(hidden, expected.h, expected.c)))
      expect(distance([...learner.state()[name]], [...want]), name).toBeLessThan(Math.max(near, tolerance));
  });
});

describe.each(goldenNames('long'))('streaming 5000 samples against PyTorch: %s', (file) => {
  it.each(named(readGolden(file).cases))('%s', async (_, golden) => {
    const { input, hidden, layers, samples, expected } = golden;
    using model = await createModel({ input, layers: stack(golden) });
    model.setWeights(weightsOf(golden.weights, layers));
    using state = model.openState();
    const x = f32(golden.x);
    const out = new Float32Array(hidden);
    for (let t = 1; t <= samples; t++) {
      model.step(x.subarray((t - 1) * input, t * input), state, out);
      const mark = expected.find((kept) => kept.t === t);
      if (!mark) continue;
      const now = state.snapshot();
      for (const [name, want] of Object.entries(stateOf(hidden, mark.h, mark.c)))
        expect(worst(now[name], want), `${name} after ${t}`).toBeLessThan(1e-5);
    }
  });
});
