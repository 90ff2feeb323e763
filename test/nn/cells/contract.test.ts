import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.js';
import { createLearner, createModel, mse, sgd } from '../../../src/index.js';
import { Sequence } from '../../../src/learner/sequence.js';
import { parameterShape } from '../../../src/nn/cells/parameter.js';
import { cells } from '../../../src/nn/cells/registry.js';
import {
  flatRecord,
  flatState,
  flatTensors,
  flatWeights,
  specLayersOf,
  specWeightsOf,
  unroll,
} from '../../spec/model.js';
import { both, expectAlike, f32, forms, normals, off, open, shake, sizes, table } from './forms.js';

it('every folder under src/nn/cells is a member of the registry', () => {
  const folders = readdirSync(new URL('../../../src/nn/cells', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(cells.members.map(({ name }) => name).sort()).toEqual(folders.sort());
});

describe.each(forms)('%s', (_, layer) => {
  it("its reference's gradients are central differences", async () => {
    using model = await open(layer(3));
    shake(model);
    const spec = specWeightsOf(model).layers;
    const layers = specLayersOf(model);
    const [xs, dys, T] = [table(4, 3), table(4, 3), 4];
    const state = () => [{ h: normals(3), ...(model.layers[0].cell.cellState && { c: normals(3) }) }];
    const [start, dEnd] = [state(), state()];
    const at = (weights = spec, x = xs, from = start) => {
      const { ys, state: end } = unroll(layers, weights, x, from, dys, dEnd);
      const dot = (a: number[], b: number[]) => a.reduce((sum, v, i) => sum + v * b[i], 0);
      return dot(ys.flat(), dys.flat()) + dot(flatState(end), flatState(dEnd));
    };
    const { gradients, dx, dState } = unroll(layers, spec, xs, start, dys, dEnd);
    const slopes = (v: number[], f: (moved: number[]) => number) =>
      v.map((_, i) => {
        const moved = (by: number) => f(v.map((vk, k) => (k === i ? vk + by : vk)));
        return (moved(1e-6) - moved(-1e-6)) / 2e-6;
      });
    const { gates, parameters } = model.layers[0].cell;
    const unflat = (flat: number[]) => {
      const rest = [...flat];
      const take = (parameter: (typeof parameters)[number]) => {
        const [rows, width] = parameterShape(parameter, { gates, units: 3, inputs: 3 });
        if (width === undefined) return rest.splice(0, rows);
        return Array.from({ length: rows }, () => rest.splice(0, width));
      };
      return [Object.fromEntries(parameters.map((parameter) => [parameter.name, take(parameter)]))];
    };
    expect(
      off(
        slopes(flatWeights({ layers: spec }), (w) => at(unflat(w))),
        gradients,
      ),
    ).toBeLessThan(1e-7);
    const split = (flat: number[]) => Array.from({ length: T }, (_, t) => flat.slice(3 * t, 3 * t + 3));
    expect(
      off(
        slopes(xs.flat(), (x) => at(spec, split(x))),
        dx.flat(),
      ),
    ).toBeLessThan(1e-7);
    const from = (flat: number[]) => [{ h: flat.slice(0, 3), ...(flat.length > 3 && { c: flat.slice(3) }) }];
    expect(
      off(
        slopes(flatState(start), (s) => at(spec, xs, from(s))),
        flatState(dState),
      ),
    ).toBeLessThan(1e-7);
  });

  it.each(sizes)('%i units: steps and gradients are those of its reference', async (units) => {
    using model = await open(layer(units));
    shake(model);
    expectAlike(both(model, 9));
  });

  it.each(sizes)('%i units: two steps are one unroll of two', async (units) => {
    using model = await open(layer(units));
    shake(model);
    const { xs, start, forward, backward, want } = both(model, 2);
    expect(want.ys.length).toBe(2);
    using state = model.openState();
    state.restore(start);
    const ys = xs.map((x) => model.step(x, state));
    expect(Float32Array.from(ys.flatMap((y) => [...y]))).toEqual(forward.y);
    expect(state.snapshot()).toEqual(forward.state);
    // Backward, one by one: the gradient of the state between them is handed on.
    using one = new Sequence(model, 1, 1);
    const middle = one.forward(f32([xs[0]]), start).state;
    const dy = Float32Array.from(normals(2 * units));
    using two = new Sequence(model, 1, 2);
    two.forward(f32(xs), start);
    const whole = two.backward(dy);
    one.forward(f32([xs[1]]), middle);
    const second = one.backward(dy.subarray(units));
    one.forward(f32([xs[0]]), start);
    const first = one.backward(dy.subarray(0, units), second.state);
    const later = flatTensors(second.weights);
    const sum = flatTensors(first.weights).map((g, i) => g + later[i]);
    expect(off(flatTensors(whole.weights), sum)).toBeLessThan(1e-6);
    expect(off(flatRecord(whole.state), flatRecord(first.state))).toBeLessThan(1e-6);
    expect(backward.x.length).toBe(6);
  });

  it('k2 = 1 has no gradient through h, k2 ≥ T is full BPTT, and so is k1 = k2 = Infinity', async () => {
    const T = 6;
    // Samples of its own: under some of them every relu is at rest, and there is no gradient to be told apart.
    const random = createRandom(3);
    const xs = Array.from({ length: T }, () => Array.from({ length: 3 }, () => Math.fround(Math.abs(random.normal()))));
    const target = normals(5);
    /** The gradient is the change, at rate 1. */
    const change = async (k1: number, k2: number) => {
      using model = await open(layer(5), 4);
      const before = flatTensors(model.weights());
      using learner = createLearner(model, { k1, k2, loss: mse, optimizer: sgd(1), maxSteps: 20, maxLag: 0 });
      for (const [t, x] of xs.entries()) learner.step(x, t === T - 1 ? target : undefined);
      learner.reset();
      return flatTensors(model.weights()).map((w, i) => before[i] - w);
    };
    using model = await open(layer(5), 4);
    const gradient = (steps: number) => {
      using state = model.openState();
      for (const x of xs.slice(0, T - steps)) model.step(x, state);
      using sequence = new Sequence(model, 1, steps);
      const { y } = sequence.forward(f32(xs.slice(T - steps)), state.snapshot());
      const dy = y.map((v, i) => (i < 5 * (steps - 1) ? 0 : (2 / 5) * (v - target[i - 5 * (steps - 1)])));
      return flatTensors(sequence.backward(dy).weights);
    };
    const full = gradient(T);
    expect(off(await change(T, 1), gradient(1))).toBeLessThan(1e-6);
    expect(off(await change(T, 3), gradient(3))).toBeLessThan(1e-6);
    expect(off(await change(T, T), full)).toBeLessThan(1e-6);
    expect(off(await change(T, T + 7), full)).toBeLessThan(1e-6);
    expect(off(await change(Infinity, Infinity), full)).toBeLessThan(1e-6);
    expect(off(gradient(1), full)).toBeGreaterThan(1e-4);
  });

  it.each([2, 3, 33, 70])(
    'a row in a batch of %i has the bits of the row alone, forward and backward',
    async (rows) => {
      using model = await open(layer(20));
      shake(model);
      const T = 5;
      using batch = model.openState(rows);
      const xs = Array.from({ length: T }, () => table(rows, 3));
      const ys = xs.map((x) => model.step(f32(x), batch));
      using many = new Sequence(model, rows, T);
      const dys = table(T * rows, 20);
      using fresh = model.openState(rows);
      const forward = many.forward(f32(xs.flat()), fresh.snapshot());
      expect(forward.y).toEqual(Float32Array.from(ys.flatMap((y) => [...y])));
      const { x: dx } = many.backward(f32(dys));
      using alone = model.openState();
      using single = new Sequence(model, 1, T);
      for (const row of [0, 1, rows - 1]) {
        alone.reset();
        const zero = alone.snapshot();
        xs.forEach((x, t) => {
          expect(model.step(x[row], alone)).toEqual(ys[t].subarray(20 * row, 20 * row + 20));
        });
        single.forward(f32(xs.map((x) => x[row])), zero);
        const own = single.backward(f32(xs.map((_, t) => dys[t * rows + row]))).x;
        xs.forEach((_, t) => {
          expect(own.subarray(3 * t, 3 * t + 3)).toEqual(dx.subarray(3 * (t * rows + row), 3 * (t * rows + row) + 3));
        });
      }
    },
  );
});

it('stacks of 1 to 8 layers of mixed cells and sizes are those of their references', async () => {
  const layer = fc.tuple(fc.constantFrom(...forms), fc.constantFrom(...sizes)).map(([[, make], units]) => make(units));
  await fc.assert(
    fc.asyncProperty(fc.array(layer, { minLength: 1, maxLength: 8 }), fc.nat(1000), async (layers, seed) => {
      using model = await createModel({ input: 3, layers, seed });
      shake(model);
      expectAlike(both(model, 4));
    }),
    // One seed: a relu's corner may fall between float32 and float64, where both are right.
    { numRuns: 25, seed: 11 },
  );
});
