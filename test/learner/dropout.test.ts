import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.js';
import { adam, createLearner, createModel, dense, gru, lstm, mse, rnn, sgd } from '../../src/index.js';
import { drawMasks } from '../../src/learner/dropout.js';
import { checkLearnerOptions } from '../../src/learner/options.js';
import { createTape } from '../../src/learner/tape.js';
import { denseReference } from '../../src/nn/readouts/dense/reference.js';
import { rowsOf } from '../golden/golden.js';
import { distance, specLstm } from '../spec/layers.js';

const layers = [lstm(5, { dropout: 0.5 }), gru(6, { dropout: 0.25 })];
const options = { k1: 4, k2: 4, loss: mse, optimizer: sgd(0.1) };

describe('layer dropout', () => {
  it("hides a layer's outputs from the layer above, forward and backward, and not from the layer's own next step", async () => {
    using model = await createModel({ input: 2, layers, output: dense(1), seed: 6 });
    const [T, H] = [6, [5, 6]];
    const tape = createTape(model, 1, checkLearnerOptions('test', { ...options, k1: T, k2: T }));
    drawMasks(model, tape, createRandom(3), T);
    const { heap, kernels } = model.runtime;
    const masks = H.map((units, l) =>
      Array.from({ length: T }, (_, t) => [
        ...heap.f32.slice((tape.masks[l] >> 2) + t * 8, (tape.masks[l] >> 2) + t * 8 + units),
      ]),
    );
    expect(new Set(masks[0].flat())).toEqual(new Set([0, 2]));
    expect(new Set(masks[1].flat())).toEqual(new Set([0, Math.fround(4 / 3)]));
    const random = createRandom(8);
    const xs = Array.from({ length: T }, () => [Math.fround(random.normal()), Math.fround(random.normal())]);
    heap.f32.set(xs.flat(), tape.x >> 2);
    for (let t = 0; t < T; t++) heap.f32[(tape.target >> 2) + t * 4] = 0.5;
    expect(kernels.learnerBackpropagate(tape.learner, 0, T, 1)).toBe(1);

    // The same in float64: every mask in place, by the references.
    const tensor = (name: string) =>
      rowsOf({ shape: [...model.weights()[name].shape], data: [...model.weights()[name].data] });
    const vector = (name: string) => [...model.weights()[name].data];
    const weights = [0, 1].map((l) => ({
      weight_ih: tensor(`layers.${l}.weight_ih`),
      weight_hh: tensor(`layers.${l}.weight_hh`),
      bias_ih: vector(`layers.${l}.bias_ih`),
      bias_hh: vector(`layers.${l}.bias_hh`),
    }));
    const readout = { weight: tensor('output.weight'), bias: vector('output.bias') };
    const cells = [specLstm(), gru.cell.reference({ resetAfter: true })];
    const hide = (v: number[], l: number, t: number) => v.map((value, u) => value * masks[l][t][u]);
    const zero = (n: number) => new Array<number>(n).fill(0);
    let states: { h: number[]; c?: number[] }[] = H.map((n) => ({ h: zero(n) }));
    const passes = xs.map((x, t) => {
      let signal = x;
      const steps = cells.map((cell, l) => {
        const step = cell.run(weights[l], signal, states[l]);
        signal = hide(step.state.h, l, t);
        return step;
      });
      states = steps.map((step) => step.state);
      return { steps, head: denseReference.forward(readout, signal, 'linear') };
    });
    const sums: Record<string, number[]> = {};
    const add = (name: string, g: number[] | number[][]) => {
      sums[name] = g.flat().map((value, i) => value + (sums[name]?.[i] ?? 0));
    };
    const carried: { h: number[]; c?: number[] }[] = H.map((n) => ({ h: zero(n) }));
    for (let t = T - 1; t >= 0; t--) {
      const { head, steps } = passes[t];
      const top = denseReference.backward(readout, head, [(2 * (head.output[0] - 0.5)) / T]);
      add('output.weight', top.weights.weight);
      add('output.bias', top.weights.bias);
      let dh = top.x;
      for (const l of [1, 0]) {
        const masked = hide(dh, l, t);
        const g = steps[l].backward({ ...carried[l], h: carried[l].h.map((d, u) => d + masked[u]) });
        carried[l] = g.state;
        dh = g.x;
        for (const [name, value] of Object.entries(g.weights)) add(`layers.${l}.${name}`, value);
      }
    }
    const { f32 } = heap;
    for (const { name, places } of model.block.parameters) {
      const got = Array.from(places, (place) => f32[(tape.gradients >> 2) + place]);
      expect(distance(got, sums[name]), name).toBeLessThan(2e-6);
    }
    tape.arena.dispose();
  });

  it('is not in predictions: the first ones are those of the network without it', async () => {
    using model = await createModel({ input: 1, layers, output: dense(1), seed: 2 });
    using plain = await createModel({ input: 1, layers: [lstm(5), gru(6)], output: dense(1), seed: 2 });
    using learner = createLearner(model, { ...options, k1: 100 });
    using other = createLearner(plain, { ...options, k1: 100 });
    for (let t = 1; t < 100; t++) expect(learner.step(t % 7, 1).output).toEqual(other.step(t % 7, 1).output);
    learner.step(1, 1);
    other.step(1, 1);
    expect(model.weights()).not.toEqual(plain.weights());
  });

  it('equal seeds give equal bits, other seeds others; a snapshot goes on bit for bit', async () => {
    const open = async (seed: number) => {
      const model = await createModel({ input: 1, layers, output: dense(1), seed: 2 });
      return { model, learner: createLearner(model, { ...options, optimizer: adam(0.01), k1: 2, k2: 6, seed }) };
    };
    const run = ({ learner }: Awaited<ReturnType<typeof open>>, n: number) =>
      Array.from({ length: n }, (_, t) => learner.step(t % 5, Math.sign(t % 3)).output[0]);
    const [a, b, c] = [await open(1), await open(1), await open(2)];
    const first = run(a, 50);
    expect(run(b, 50)).toEqual(first);
    expect(run(c, 50)).not.toEqual(first);
    const kept = a.learner.snapshot();
    const after = run(a, 50);
    c.learner.restore(kept);
    expect(run(c, 50)).toEqual(after);
    const { random: _, ...others } = kept;
    expect(() => c.learner.restore(others)).toThrowError(expect.objectContaining({ code: 'invalid-state' }));
    for (const { model, learner } of [a, b, c]) {
      learner.dispose();
      model.dispose();
    }
  });

  it('keeps the mean: over many draws each output counts as it is', async () => {
    using model = await createModel({ input: 1, layers: [rnn(3, { dropout: 0.3 })], output: dense(1) });
    const tape = createTape(model, 1, checkLearnerOptions('test', { ...options, k1: 1000, k2: 1000 }));
    const random = createRandom(5);
    let sum = 0;
    for (let round = 0; round < 20; round++) {
      drawMasks(model, tape, random, 1000);
      for (let m = 0; m < 1000; m++)
        for (let u = 0; u < 3; u++) sum += model.runtime.heap.f32[(tape.masks[0] >> 2) + 4 * m + u];
    }
    // 60,000 draws: four standard deviations of their mean.
    expect(Math.abs(sum / 60_000 - 1)).toBeLessThan(4 * Math.sqrt(0.3 / 0.7 / 60_000));
    tape.arena.dispose();
  });

  it.each([-0.1, 1, Number.NaN])('a dropout of %d is refused', (dropout) => {
    for (const make of [() => lstm(2, { dropout }), () => gru(2, { dropout }), () => rnn(2, { dropout })])
      expect(make).toThrowError(expect.objectContaining({ code: 'invalid-option' }));
  });

  it('dropout of what is itself the output is refused', async () => {
    const made = createModel({ input: 1, layers: [lstm(2, { dropout: 0.5 })] });
    await expect(made).rejects.toThrowError(expect.objectContaining({ code: 'invalid-option' }));
  });
});
