// W6: how time grows with units, layers, the window and rows. Time of a step is fitted as a · MACs + b · units + c.
import { createLearner } from '../dist/src/index.js';
import { createModelOn, learning, samples } from './eddyOptions.mjs';
import { interleave } from './slices.mjs';
import { multiplyAdds } from './workloads.mjs';

const UNITS = [8, 16, 20, 32, 48, 64, 96, 128, 192, 256];
const LARGEST = 512;

/** Solves the normal equations of least squares by Gauss and Jordan. */
function solve(rows, wanted) {
  const n = rows[0].length;
  const matrix = rows[0].map((_, i) => [
    ...rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[i] * row[j], 0)),
    rows.reduce((sum, row, k) => sum + row[i] * wanted[k], 0),
  ]);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      if (k === i) continue;
      const factor = matrix[k][i] / matrix[i][i];
      for (let j = i; j <= n; j++) matrix[k][j] -= factor * matrix[i][j];
    }
  }
  return matrix.map((row, i) => row[n] / row[i]);
}

/** a, b, c of time = a · MACs + b · units + c, by least squares of the relative error. */
export function fitGrowth(points) {
  const rows = points.map(({ macs, units, time }) => [macs / time, units / time, 1 / time]);
  return solve(
    rows,
    points.map(() => 1),
  );
}

export const macsOf = (units) => multiplyAdds({ cell: 'lstm', inputs: 1, units });

const stepping = (model, rows = 1) => {
  const state = model.openState(rows);
  const out = new Float32Array(rows);
  const x = samples.map(([value]) => new Float32Array(rows).fill(value));
  return (count) => {
    for (let k = 0; k < count; k++) model.step(x[k & 1023], state, out);
  };
};
const learningSteps = (model, k2) => {
  const learner = createLearner(model, learning(k2, k2));
  let step;
  return (count) => {
    for (let k = 0; k < count * k2; k++) step = learner.step(samples[k & 1023], samples[(k + 1) & 1023], step);
  };
};

export async function growth({ quick }) {
  const throttle = quick ? { slices: 2, milliseconds: 3 } : { slices: 25, milliseconds: 8 };
  const rows = [];
  const measure = async (unit, bodies) => {
    const found = await interleave(bodies, throttle);
    for (const [config, times] of Object.entries(found)) {
      rows.push({ workload: 'W6', config, contestant: 'eddy', unit, ...times });
    }
  };
  const each = async (values, name, open) =>
    Object.fromEntries(await Promise.all(values.map(async (value) => [name(value), await open(value)])));
  const some = (values) => (quick ? values.slice(0, 3) : values);

  await measure(
    'µs a sample',
    await each(
      [...some(UNITS), LARGEST],
      (units) => `LSTM-${units}`,
      async (units) => stepping(await createModelOn(units)),
    ),
  );
  await measure(
    'µs a sample',
    await each(
      some([1, 2, 3, 4]),
      (n) => `LSTM-32, layers ${n}`,
      async (n) => stepping(await createModelOn(32, n)),
    ),
  );
  await measure(
    'µs an update',
    await each(
      some([8, 16, 32, 64, 128]),
      (k2) => `LSTM-32, window ${k2}`,
      async (k2) => learningSteps(await createModelOn(32), k2),
    ),
  );
  await measure(
    'µs a step',
    await each(
      some([1, 2, 8, 32, 128, 512]),
      (n) => `LSTM-32, rows ${n}`,
      async (n) => stepping(await createModelOn(32), n),
    ),
  );
  return rows;
}
