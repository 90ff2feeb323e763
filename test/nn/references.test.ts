import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.js';
import type { ReferenceState } from '../../src/nn/cells/reference.js';
import { rnnReference } from '../../src/nn/cells/rnn/reference.js';
import { bceReference } from '../../src/nn/losses/bce/reference.js';
import { crossEntropyReference } from '../../src/nn/losses/crossEntropy/reference.js';
import { gaussianNllReference } from '../../src/nn/losses/gaussianNll/reference.js';
import { huberReference } from '../../src/nn/losses/huber/reference.js';
import { maeReference } from '../../src/nn/losses/mae/reference.js';
import { mseReference } from '../../src/nn/losses/mse/reference.js';
import { pinballReference } from '../../src/nn/losses/pinball/reference.js';
import type { LossResult, ReferenceTarget as Target } from '../../src/nn/losses/reference.js';
import { denseReference } from '../../src/nn/readouts/dense/reference.js';
import { type CellCase, goldenNames, readGolden, rowsOf } from '../golden/golden.js';
import { distance, goldenLayer, goldenState, goldenWeights } from '../spec/layers.js';

/** The whole case through the stack: outputs, last states, and the gradients of the mean squared error, by the case's names. */
function pass({ cell, layers, weights: tensors, x, h0, c0, target }: CellCase) {
  const weights = goldenWeights(tensors, layers);
  let state = goldenState(h0, c0);
  const steps = rowsOf(x).map((sample) => {
    const stack = weights.map((w, l) => {
      const step = goldenLayer[cell].run(w, sample, state[l]);
      sample = step.state.h;
      return step;
    });
    state = stack.map((step) => step.state);
    return stack;
  });
  const y = steps.flatMap((stack) => stack[layers - 1].state.h);
  const d = y.map((v, i) => v - target.data[i]);

  const H = state[0].h.length;
  const zeros = () => new Array<number>(H).fill(0);
  const dState: ReferenceState[] = state.map(() => (c0 ? { h: zeros(), c: zeros() } : { h: zeros() }));
  const grads: Record<string, number[]> = { x: [] };
  for (let t = steps.length - 1; t >= 0; t--) {
    let dh = d.slice(t * H, (t + 1) * H).map((v) => (2 * v) / y.length);
    for (let l = layers - 1; l >= 0; l--) {
      const g = steps[t][l].backward({ ...dState[l], h: dState[l].h.map((v, u) => v + dh[u]) });
      dState[l] = g.state;
      dh = g.x;
      for (const [name, value] of Object.entries(g.weights)) {
        const sum = grads[`${name}_l${l}`];
        grads[`${name}_l${l}`] = value.flat().map((v: number, i: number) => v + (sum?.[i] ?? 0));
      }
    }
    grads.x.unshift(...dh);
  }
  grads.h0 = dState.flatMap((s) => s.h);
  if (c0) grads.c0 = dState.flatMap((s) => s.c ?? []);
  const loss = d.reduce((sum, v) => sum + v * v, 0) / y.length;
  return { y, loss, hn: state.flatMap((s) => s.h), cn: state.flatMap((s) => s.c ?? []), grads };
}

describe.each(goldenNames('cells'))('references against PyTorch: %s', (file) => {
  it.each(readGolden(file).cases.map((golden) => [golden.name, golden] as const))('%s', (_, golden) => {
    const own = pass(golden);
    expect(distance(own.y, golden.expected.y.data)).toBeLessThan(1e-7);
    expect(distance(own.hn, golden.expected.hn.data)).toBeLessThan(1e-7);
    if (golden.expected.cn) expect(distance(own.cn, golden.expected.cn.data)).toBeLessThan(1e-7);
    expect(distance([own.loss], [golden.expected.loss])).toBeLessThan(1e-7);
    expect(Object.keys(own.grads).sort()).toEqual(Object.keys(golden.grads).sort());
    for (const [name, expected] of Object.entries(golden.grads)) {
      expect(distance(own.grads[name], expected.data), name).toBeLessThan(1e-7);
    }
  });
});

/** Central differences of f at v. */
function slopes(f: (v: number[]) => number, v: number[], step = 1e-5): number[] {
  const moved = (i: number, by: number) => f(v.map((vk, k) => (k === i ? vk + by : vk)));
  return v.map((_, i) => (moved(i, step) - moved(i, -step)) / (2 * step));
}

const random = createRandom(17);
const normals = (n: number) => Array.from({ length: n }, random.normal);

describe('losses', () => {
  type Loss = (output: number[], target: Target) => LossResult | undefined;
  const nan = Number.NaN;
  it.each<[string, Loss, number, Target]>([
    ['mse', mseReference, 3, [0.3, nan, -1]],
    ['mae', maeReference, 3, [0.3, undefined, -1]],
    ['huber, inside δ', (o, y) => huberReference(o, y, 9), 3, [0.3, nan, -1]],
    ['huber, outside δ', (o, y) => huberReference(o, y, 1e-3), 3, [0.3, 0.1, -1]],
    ['pinball, one target', (o, y) => pinballReference(o, y, [0.1, 0.5, 0.9]), 3, 0.2],
    ['pinball, a target each', (o, y) => pinballReference(o, y, [0.1, 0.5, 0.9]), 3, [0.2, nan, 0.1]],
    ['gaussianNll', gaussianNllReference, 4, [0.7, -0.4]],
    ['gaussianNll, one missing', gaussianNllReference, 4, [nan, -0.4]],
    ['bce', bceReference, 3, [1, 0, nan]],
    ['bce, soft', bceReference, 2, [0.2, 0.9]],
    ['crossEntropy, a class', crossEntropyReference, 4, 2],
    ['crossEntropy, a distribution', crossEntropyReference, 3, [0.5, 0.2, 0.3]],
  ])("%s: the gradient is the loss's slope", (_, loss, size, target) => {
    const valueAt = (o: number[]) => loss(o, target)?.loss ?? nan;
    for (let round = 0; round < 20; round++) {
      const output = normals(size);
      expect(distance(loss(output, target)?.gradient ?? [], slopes(valueAt, output))).toBeLessThan(1e-8);
    }
    expect(loss(normals(size), nan)).toBeUndefined();
    expect(loss(normals(size), [undefined, nan])).toBeUndefined();
  });

  it('are the mean over the target elements that are present', () => {
    expect(mseReference([1, 5, 4], [0, nan, 2])).toEqual({ loss: 2.5, gradient: [1, 0, 2] });
    expect(maeReference([1, 5, 4], [0, undefined, 7])).toEqual({ loss: 2, gradient: [0.5, 0, -0.5] });
    expect(huberReference([0.5, 3], [0, 0], 1)).toEqual({ loss: (0.125 + 2.5) / 2, gradient: [0.25, 0.5] });
    expect(pinballReference([0, 2], 1, [0.25, 0.25])).toEqual({ loss: (0.25 + 0.75) / 2, gradient: [-0.125, 0.375] });
    expect(gaussianNllReference([1, 0], [3])).toEqual({ loss: 2, gradient: [-2, -1.5] });
  });

  it('the slope is 0 where |o − y| and the pinball have a corner', () => {
    expect(maeReference([2], 2)?.gradient).toEqual([0]);
    expect(pinballReference([2], 2, [0.3])?.gradient).toEqual([0]);
  });

  it('logits of any size give finite losses', () => {
    expect(bceReference([800, -800], [0, 0])).toEqual({ loss: 400, gradient: [0.5, 0] });
    expect(bceReference([0], [1])?.loss).toBeCloseTo(Math.LN2, 15);
    expect(crossEntropyReference([1000, 0, -1000], 2)).toEqual({ loss: 2000, gradient: [1, 0, -1] });
    expect(crossEntropyReference([7, 7], 1)?.loss).toBeCloseTo(Math.LN2, 15);
    expect(crossEntropyReference([1, 2, 3], 1)).toEqual(crossEntropyReference([1, 2, 3], [0, 1, 0]));
  });
});

describe('dense', () => {
  it.each(['linear', 'sigmoid', 'softmax'] as const)('%s: backward is the slope of forward', (activation) => {
    const weights = { weight: [normals(4), normals(4), normals(4)], bias: normals(3) };
    const x = normals(4);
    const weigh = normals(3);
    const value = (w: typeof weights, v: number[]) =>
      denseReference.forward(w, v, activation).output.reduce((sum, y, i) => sum + y * weigh[i], 0);
    const g = denseReference.backward(weights, denseReference.forward(weights, x, activation), weigh);
    const byX = slopes((v) => value(weights, v), x);
    const byBias = slopes((bias) => value({ ...weights, bias }, x), weights.bias);
    const byWeight = slopes(
      (flat) => value({ ...weights, weight: rowsOf({ shape: [3, 4], data: flat }) }, x),
      weights.weight.flat(),
    );
    expect(distance(g.x, byX)).toBeLessThan(1e-8);
    expect(distance(g.weights.bias, byBias)).toBeLessThan(1e-8);
    expect(distance(g.weights.weight.flat(), byWeight)).toBeLessThan(1e-8);
  });

  it('a softmax under cross-entropy hands back softmax − p through its logits', () => {
    const weights = { weight: [normals(2), normals(2), normals(2)], bias: normals(3) };
    const tape = denseReference.forward(weights, normals(2), 'softmax');
    const { gradient } = crossEntropyReference(tape.logits, 1) ?? { gradient: [] };
    const byOutput = tape.output.map((y, k) => (k === 1 ? -1 / y : 0));
    const one = denseReference.backwardLogits(weights, tape, gradient);
    const other = denseReference.backward(weights, tape, byOutput);
    expect(distance(one.x, other.x)).toBeLessThan(1e-12);
    expect(distance(one.weights.weight.flat(), other.weights.weight.flat())).toBeLessThan(1e-12);
  });
});

it('rnn with sigmoid, of which there are no golden numbers: backward is the slope of forward', () => {
  const [I, H] = [2, 3];
  const rows = (n: number, width: number) => rowsOf({ shape: [n, width], data: normals(n * width) });
  const weights = { weight_ih: rows(H, I), weight_hh: rows(H, H), bias_ih: normals(H), bias_hh: normals(H) };
  const [x, h, weigh] = [normals(I), normals(H), normals(H)];
  const value = (w: typeof weights, v: number[], s: number[]) =>
    rnnReference
      .forward(w, v, { h: s }, { activation: 'sigmoid' })
      .state.h.reduce((sum, y, u) => sum + y * weigh[u], 0);
  const g = rnnReference.backward(weights, rnnReference.forward(weights, x, { h }, { activation: 'sigmoid' }), {
    h: weigh,
  });
  const byRows = (name: 'weight_ih' | 'weight_hh', width: number) =>
    slopes((data) => value({ ...weights, [name]: rowsOf({ shape: [H, width], data }) }, x, h), weights[name].flat());
  expect(
    distance(
      g.x,
      slopes((v) => value(weights, v, h), x),
    ),
  ).toBeLessThan(1e-8);
  expect(
    distance(
      g.state.h,
      slopes((s) => value(weights, x, s), h),
    ),
  ).toBeLessThan(1e-8);
  expect(distance(g.weights.weight_ih.flat(), byRows('weight_ih', I))).toBeLessThan(1e-8);
  expect(distance(g.weights.weight_hh.flat(), byRows('weight_hh', H))).toBeLessThan(1e-8);
  expect(
    distance(
      g.weights.bias_hh.flat(),
      slopes((b) => value({ ...weights, bias_hh: b }, x, h), weights.bias_hh),
    ),
  ).toBeLessThan(1e-8);
});
