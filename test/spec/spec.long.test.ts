import { describe, expect, it } from 'vitest';
import { mseReference } from '../../src/nn/losses/mse/reference.js';
import { adagradReference } from '../../src/nn/optimizers/adagrad/reference.js';
import { adamReference } from '../../src/nn/optimizers/adam/reference.js';
import { adamwReference } from '../../src/nn/optimizers/adamw/reference.js';
import { rmspropReference } from '../../src/nn/optimizers/rmsprop/reference.js';
import { sgdReference } from '../../src/nn/optimizers/sgd/reference.js';
import { goldenNames, type LearnerCase, readGolden, rowsOf, type Tensors } from '../golden/golden.js';
import { distance, goldenLayer, goldenState, goldenWeights, rowsOfLayers } from './layers.js';
import { createSpecLearner, type SpecWeights } from './learner.js';

const mse = { of: mseReference };
const flat = ({ layers, output }: SpecWeights) => [
  ...rowsOfLayers(layers).flat(),
  ...(output ? [...output.weight.flat(), ...output.bias] : []),
];

describe.each(goldenNames('tbptt'))('the specification against PyTorch: %s', (file) => {
  const weightsOf = (tensors: Tensors, layers: number): SpecWeights => ({
    layers: goldenWeights(tensors, layers),
    output: { weight: rowsOf(tensors.head_weight), bias: tensors.head_bias.data },
  });

  function open(golden: LearnerCase) {
    const { name, lr, momentum = 0, beta1 = 0, beta2 = 0, eps: epsilon = 0, alpha: decay = 0 } = golden.optimizer;
    const shared = {
      layers: Array.from({ length: golden.layers }, () => goldenLayer[golden.cell]),
      weights: weightsOf(golden.weights, golden.layers),
      state: goldenState(golden.h0, golden.c0),
      k1: golden.k1,
      k2: golden.k2,
      loss: mse,
      clipNorm: golden.clip_norm,
      maxLag: 0,
    };
    const { weight_decay: weightDecay = 0 } = golden.optimizer;
    if (name === 'adam') {
      return createSpecLearner({
        ...shared,
        optimizer: { rule: adamReference, options: { lr, beta1, beta2, epsilon } },
      });
    }
    if (name === 'adamw') {
      const options = { lr, beta1, beta2, epsilon, weightDecay };
      return createSpecLearner({ ...shared, optimizer: { rule: adamwReference, options } });
    }
    if (name === 'rmsprop') {
      return createSpecLearner({ ...shared, optimizer: { rule: rmspropReference, options: { lr, decay, epsilon } } });
    }
    if (name === 'adagrad') {
      return createSpecLearner({ ...shared, optimizer: { rule: adagradReference, options: { lr, epsilon } } });
    }
    return createSpecLearner({ ...shared, optimizer: { rule: sgdReference, options: { lr, momentum } } });
  }

  it.each(readGolden(file).cases.map((golden) => [golden.name, golden] as const))('%s', (_, golden) => {
    const learner = open(golden);
    const { expected, layers } = golden;
    const targets = rowsOf(golden.target);
    const norms: number[] = [];
    const errors: number[] = [];
    const outputs: number[] = [];
    rowsOf(golden.x).forEach((x, t) => {
      const step = learner.step(x, targets[t]);
      outputs.push(...step.output);
      errors.push(step.scored?.loss ?? Number.NaN);
      if (step.gradientNorm === undefined) return;
      norms.push(step.gradientNorm);
      if (norms.length > 1) return;
      const first = flat(weightsOf(expected.weights_after_first_update, layers));
      expect(distance(flat(learner.weights()), first)).toBeLessThan(1e-6);
    });
    expect(distance(flat(learner.weights()), flat(weightsOf(expected.weights_after_run, layers)))).toBeLessThan(1e-6);
    expect(distance(norms, expected.grad_norm.data)).toBeLessThan(1e-6);
    expect(distance(errors, expected.online_mse.data)).toBeLessThan(1e-6);
    expect(distance(outputs, expected.pred.data)).toBeLessThan(1e-6);
    const state = learner.state();
    const { h, c } = expected;
    expect(
      distance(
        state.flatMap((s) => s.h),
        h.data,
      ),
    ).toBeLessThan(1e-6);
    if (c)
      expect(
        distance(
          state.flatMap((s) => s.c ?? []),
          c.data,
        ),
      ).toBeLessThan(1e-6);
  });
});

// Nine significant digits: half a unit of the last one.
const ROUNDING = 5e-9;

describe.each(goldenNames('long'))('references along 5000 samples: %s', (file) => {
  it.each(readGolden(file).cases.map((golden) => [golden.name, golden] as const))('%s', (_, golden) => {
    const weights = goldenWeights(golden.weights, golden.layers);
    let state: { h: number[]; c?: number[] }[] = weights.map(() => ({ h: new Array<number>(golden.hidden).fill(0) }));
    rowsOf(golden.x).forEach((x, t) => {
      let signal = x;
      state = state.map((before, l) => {
        const after = goldenLayer[golden.cell].run(weights[l], signal, before).state;
        signal = after.h;
        return after;
      });
      const mark = golden.expected.find((expected) => expected.t === t + 1);
      if (!mark) return;
      expect(
        distance(
          state.flatMap((s) => s.h),
          mark.h.data,
        ),
      ).toBeLessThan(1e-9 + ROUNDING);
      if (mark.c)
        expect(
          distance(
            state.flatMap((s) => s.c ?? []),
            mark.c.data,
          ),
        ).toBeLessThan(1e-9 + ROUNDING);
    });
  });
});
