import { describe, expect, it } from 'vitest';
import { adam, createModel, dense, lstm, mse, openLearner, sgd } from '../src/index.js';
import { Sequence } from '../src/learner/sequence.js';
import type { Weights } from '../src/model/parameters.js';
import { type CellCase, type LearnerCase, readGolden, type Tensor, type Tensors } from './golden.js';

const layerOf = { lstm };
const f32 = ({ data }: Tensor) => Float32Array.from(data);

/** PyTorch's names to eddy's. */
function weightsOf(tensors: Tensors, layers: number): Weights {
  const named = (name: string) => ({ shape: tensors[name].shape, data: f32(tensors[name]) });
  const parts = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'];
  return Object.fromEntries([
    ...Array.from({ length: layers }, (_, l) =>
      parts.map((part) => [`layers.${l}.${part}`, named(`${part}_l${l}`)]),
    ).flat(),
    ...('head_weight' in tensors
      ? [
          ['output.weight', named('head_weight')],
          ['output.bias', named('head_bias')],
        ]
      : []),
  ]);
}
const stateOf = (hidden: number, h: Tensor, c?: Tensor): Record<string, Float32Array> =>
  Object.fromEntries(
    Array.from({ length: h.shape[0] }, (_, l) => {
      const layer = (t: Tensor) => Float32Array.from(t.data.slice(l * hidden, (l + 1) * hidden));
      return [[`layers.${l}.h`, layer(h)], ...(c ? [[`layers.${l}.c`, layer(c)]] : [])];
    }).flat(),
  );
const worst = (got: ArrayLike<number>, want: ArrayLike<number>) => {
  expect(got.length).toBe(want.length);
  return Array.from(got).reduce((top, value, k) => Math.max(top, Math.abs(value - want[k])), 0);
};
const cells = ['lstm'] as const;

describe.each(cells)('%s kernels against PyTorch', (cell) => {
  it.each(readGolden(`cells_${cell}`).cases.map((c) => [c.name, c] as const))('%s', async (_, golden: CellCase) => {
    const { input, hidden, layers, steps, expected, grads } = golden;
    using model = await createModel({ input, layers: Array.from({ length: layers }, () => layerOf[cell](hidden)) });
    model.setWeights(weightsOf(golden.weights, layers));
    using sequence = new Sequence(model, 1, steps);
    const { y, state } = sequence.forward(f32(golden.x), stateOf(hidden, golden.h0, golden.c0));
    const outputs = Math.max(2e-5, 10 * golden.f32_max_abs.outputs);
    expect(worst(y, expected.y.data)).toBeLessThan(outputs);
    for (const [name, want] of Object.entries(stateOf(hidden, expected.hn, expected.cn)))
      expect(worst(state[name], want)).toBeLessThan(outputs);
    const scale = 2 / y.length;
    const got = sequence.backward(y.map((value, k) => scale * (value - golden.target.data[k])));
    const tolerance = Math.max(2e-5, 10 * golden.f32_max_abs.grads);
    const { x, h0, c0, ...weights } = grads;
    for (const [name, { data }] of Object.entries(weightsOf(weights, layers)))
      expect(worst(got.weights[name].data, data), name).toBeLessThan(tolerance);
    expect(worst(got.x, x.data)).toBeLessThan(tolerance);
    for (const [name, want] of Object.entries(stateOf(hidden, h0, c0)))
      expect(worst(got.state[name], want)).toBeLessThan(tolerance);
  });

  it.each(
    readGolden(`tbptt_${cell}`)
      .cases.filter((c) => ['sgd', 'momentum', 'adam'].includes(c.optimizer.name))
      .map((c) => [c.name, c] as const),
  )('%s', async (_, golden: LearnerCase) => {
    const { input, hidden, layers, outputs, samples, k1, k2, expected } = golden;
    using model = await createModel({
      input,
      layers: Array.from({ length: layers }, () => layerOf[cell](hidden)),
      output: dense(outputs),
    });
    model.setWeights(weightsOf(golden.weights, layers));
    using state = model.openState();
    state.restore(stateOf(hidden, golden.h0, golden.c0));
    const o = golden.optimizer;
    const optimizer =
      o.name === 'adam'
        ? adam(o.lr, { beta1: o.beta1 ?? 0, beta2: o.beta2 ?? 0, epsilon: o.eps ?? 0 })
        : sgd(o.lr, { momentum: o.momentum ?? 0 });
    using learner = openLearner(model, { k1, k2, loss: mse, optimizer, clipNorm: golden.clip_norm, state });
    const tolerance = Math.max(1e-4, 10 * golden.f32_max_abs.weights);
    const norms: number[] = [];
    for (let t = 0; t < samples; t++) {
      const step = learner.step(
        f32(golden.x).subarray(t * input, (t + 1) * input),
        f32(golden.target).subarray(t * outputs, (t + 1) * outputs),
      );
      expect(Math.abs((step.due?.loss ?? NaN) - expected.online_mse.data[t])).toBeLessThan(
        Math.max(1e-4, 10 * golden.f32_max_abs.pred),
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
    for (const [name, want] of Object.entries(stateOf(hidden, expected.h, expected.c)))
      expect(worst(learner.state()[name], want)).toBeLessThan(tolerance);
  });
});
