import { expect } from 'vitest';
import { createRandom } from '../../../src/core/random.js';
import { adam, createModel, type LayerSpec, type LearnerOptions, type Model, mse } from '../../../src/index.js';
import { Sequence } from '../../../src/learner/sequence.js';
import type { Cell, CellForm } from '../../../src/nn/cells/cell.js';
import { cells } from '../../../src/nn/cells/registry.js';
import { distance } from '../../spec/layers.js';
import {
  flatRecord,
  flatState,
  flatTensors,
  specLayersOf,
  specStateOf,
  specWeightsOf,
  unroll,
} from '../../spec/model.js';

/** Every value of each of a cell's options. */
const formsOf = ({ options }: Cell): CellForm[] =>
  Object.entries(options).reduce<CellForm[]>(
    (forms, [name, { values }]) => forms.flatMap((form) => values.map((value) => ({ ...form, [name]: value }))),
    [{}],
  );

/** Every form of every cell that the registry knows. */
export const forms = cells.members.flatMap((cell) =>
  formsOf(cell).map((form): [name: string, make: (units: number) => LayerSpec] => [
    [cell.name, ...Object.values(form)].join(' '),
    (units) => cell.create(units, form),
  ]),
);
export const sizes = [1, 3, 5, 8, 20, 33];

const random = createRandom(31);
export const normals = (n: number) => Array.from({ length: n }, () => Math.fround(random.normal()));
export const table = (rows: number, width: number) => Array.from({ length: rows }, () => normals(width));
export const f32 = (rows: number[][]) => Float32Array.from(rows.flat());
export const open = (layer: LayerSpec, seed = 1) => createModel({ input: 3, layers: [layer], seed });
export const refused = (code: string) => expect.objectContaining({ name: 'EddyError', code });
export const options: LearnerOptions = { k1: 2, k2: 5, loss: mse, optimizer: adam(0.01), clipNorm: 1 };

/** Random biases too: they start at 0. */
export function shake(model: Model): void {
  const moved = Object.entries(model.weights()).map(([name, { shape, data }]) => {
    return [name, { shape, data: name.includes('bias') ? data.map((b) => b + 0.3 * random.normal()) : data }] as const;
  });
  model.setWeights(Object.fromEntries(moved));
}

/** What the kernels do with a sequence, and what the references do. */
export function both(model: Model, T: number) {
  const width = model.output;
  const [xs, dys] = [table(T, model.input), table(T, width)];
  using state = model.openState();
  const record = () =>
    Object.fromEntries(
      Object.entries(state.snapshot()).map(([name, h]) => [name, Float32Array.from(normals(h.length))]),
    );
  const [start, dEnd] = [record(), record()];
  using sequence = new Sequence(model, 1, T);
  const forward = sequence.forward(f32(xs), start);
  const backward = sequence.backward(f32(dys), dEnd);
  const spec = specWeightsOf(model).layers;
  const want = unroll(specLayersOf(model), spec, xs, specStateOf(model, start), dys, specStateOf(model, dEnd));
  return { xs, start, forward, backward, want };
}

/** Farthest apart, relative to the largest number. */
export const off = (got: Iterable<number>, want: number[]) => {
  const scale = want.reduce((top, v) => Math.max(top, Math.abs(v)), 1);
  return distance(
    [...got].map((v) => v / scale),
    want.map((v) => v / scale),
  );
};
export function expectAlike({ forward, backward, want }: ReturnType<typeof both>): void {
  expect(off(forward.y, want.ys.flat())).toBeLessThan(2e-5);
  expect(off(flatRecord(forward.state), flatState(want.state))).toBeLessThan(2e-5);
  expect(off(flatTensors(backward.weights), want.gradients)).toBeLessThan(5e-5);
  expect(off(backward.x, want.dx.flat())).toBeLessThan(5e-5);
  expect(off(flatRecord(backward.state), flatState(want.dState))).toBeLessThan(5e-5);
}
