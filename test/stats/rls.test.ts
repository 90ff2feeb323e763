import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.js';
import { createArena } from '../../src/runtime/heap.js';
import { startTfjs } from '../../src/runtime/tfjs.js';
import { DelayedRls } from '../../src/stats/delayedRls.js';
import { type OpenCovariance, triangleIndex } from '../../src/stats/rls/covariance.js';
import { createCovariance } from '../../src/stats/rls/index.js';
import { createReferenceCovariance } from '../../src/stats/rls/reference.js';
import { Rls } from '../../src/stats/rls.js';

/** Solves A w = b by elimination with pivots. */
function solve(matrix: number[][], right: number[]): number[] {
  const a = matrix.map((row, i) => [...row, right[i]]);
  const n = right.length;
  for (let i = 0; i < n; i++) {
    const pivot = a.slice(i).reduce((best, row, k) => (Math.abs(row[i]) > Math.abs(a[best][i]) ? i + k : best), i);
    [a[i], a[pivot]] = [a[pivot], a[i]];
    for (let k = i + 1; k < n; k++) {
      const factor = a[k][i] / a[i][i];
      for (let j = i; j <= n; j++) a[k][j] -= factor * a[i][j];
    }
  }
  const w = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    w[i] = (a[i][n] - w.reduce((sum, wj, j) => (j > i ? sum + a[i][j] * wj : sum), 0)) / a[i][i];
  }
  return w;
}

/** argmin Σ λ^(T−t) (d_t − w·x_t)² + λ^T |w|² / prior, by its normal equations. */
function leastSquares(xs: number[][], ds: number[], lambda: number, prior: number): number[] {
  const n = xs[0].length;
  const weight = (t: number) => lambda ** (xs.length - 1 - t);
  const matrix = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) =>
      xs.reduce((sum, x, t) => sum + weight(t) * x[i] * x[j], i === j ? lambda ** xs.length / prior : 0),
    ),
  );
  const right = Array.from({ length: n }, (_, i) => xs.reduce((sum, x, t) => sum + weight(t) * x[i] * ds[t], 0));
  return solve(matrix, right);
}

const samples = (width: number) =>
  fc.array(
    fc.tuple(
      fc.array(fc.integer({ min: -8, max: 8 }), { minLength: width, maxLength: width }),
      fc.integer({ min: -9, max: 9 }),
    ),
    {
      minLength: 1,
      maxLength: 30,
    },
  );

const learn = (rls: Rls, x: readonly number[], d: number) => {
  const input = Float64Array.from(x);
  const gain = new Float64Array(x.length);
  rls.excite(input, 0, gain, 0);
  rls.correct(0, gain, 0, d - rls.predict(0, input, 0));
};

const runtime = await startTfjs();
const arena = createArena(runtime.heap);
afterAll(() => arena.dispose());

const opens: readonly [string, OpenCovariance][] = [
  ['in plain arrays', createReferenceCovariance],
  ['in the kernel', (options) => createCovariance(runtime, arena, options)],
];

describe.each(opens)('Rls %s', (_, open) => {
  it('solves regularized, exponentially weighted least squares, at every width', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }).chain((width) => samples(width)),
        fc.constantFrom(1, 0.98),
        (rows, forgetting) => {
          const rls = new Rls({ inputs: rows[0][0].length, forgetting, prior: 0.5, open });
          for (const [x, d] of rows) learn(rls, x, d);
          const wanted = leastSquares(
            rows.map(([x]) => x),
            rows.map(([, d]) => d),
            forgetting,
            0.5,
          );
          wanted.forEach((w, i) => {
            expect(rls.weights[i]).toBeCloseTo(w, 6);
          });
        },
      ),
    ));

  it('keeps its covariance positive and bounded over a long, poorly excited stream', () => {
    const rls = new Rls({ inputs: 6, forgetting: 0.99, prior: 0.1, open });
    for (let t = 0; t < 50_000; t++) {
      const on = t % 1000 < 5 ? 1 : 0;
      learn(rls, [1, on, on * Math.sin(t), 0, 1e-6 * (t % 7), on * 1e3], Math.cos(t));
    }
    const P = rls.state[1].slice();
    const between = (i: number, j: number) => P[triangleIndex(i, j)];
    for (let i = 0; i < 6; i++) {
      expect(between(i, i)).toBeGreaterThan(0);
      expect(between(i, i)).toBeLessThan(2);
      for (let j = 0; j < i; j++) {
        // Within a block on the diagonal both halves stand: one and the same.
        if (i >> 2 === j >> 2) expect(between(i, j)).toBe(between(j, i));
        expect(between(i, j) ** 2).toBeLessThanOrEqual(between(i, i) * between(j, j) * (1 + 1e-9));
      }
      expect(Number.isFinite(rls.weights[i])).toBe(true);
    }
  });
});

describe('the covariance’s kernel', () => {
  it('has the bits of its reference at every width, through poor excitation, a bad input and a roll-back', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 21 }),
        fc.constantFrom(1, 0.9998, 0.95),
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 0, max: 80 }),
        (inputs, forgetting, seed, bad) => {
          const options = { inputs, forgetting, prior: 0.1 };
          const [one, other] = opens.map(([, open]) => open(options));
          const random = createRandom(seed);
          const x = new Float64Array(inputs + 3);
          const [k, g] = [new Float64Array(inputs + 5), new Float64Array(inputs + 5)];
          let good = one.values.slice();
          let differing = 0;
          for (let t = 0; t < 80; t++) {
            for (let i = 0; i < x.length; i++) x[i] = (t + i) % 5 === 0 ? 0 : random.normal() * (t === 40 ? 1e8 : 1);
            if (t === bad) x[3] = t % 2 === 0 ? Number.NaN : 1e200;
            one.excite(x, 3, k, 2);
            other.excite(x, 3, g, 2);
            differing += g.some((value, i) => value !== k[i]) ? 1 : 0;
            if (t === 30) good = one.values.slice();
            if (t === 60) for (const P of [one, other]) P.values.set(good);
          }
          expect(differing).toBe(0);
          expect(other.values.slice()).toEqual(one.values.slice());
          expect(k.every(Number.isFinite)).toBe(true);
        },
      ),
      { numRuns: 40 },
    ));
});

describe('DelayedRls', () => {
  it('learns each horizon as if its target had come at once, only later', () => {
    const xs = Array.from({ length: 60 }, (_, t) => [Math.sin(t), Math.cos(2 * t), 1]);
    const ds = xs.map(([a, b], t) => 2 * a - b + 0.1 * Math.sin(5 * t));
    const horizon = 4;
    const delayed = new DelayedRls({ inputs: 3, horizon, forgetting: 0.99, prior: 1, huber: 1e9 });
    const prompt = new Rls({ inputs: 3, forgetting: 0.99, prior: 1 });
    xs.forEach((x, t) => {
      for (let ahead = 1; ahead <= horizon && ahead <= t; ahead++) delayed.learn(t - ahead, ahead, ds[t - ahead]);
      delayed.inputs.set(x, delayed.slot(t));
      delayed.excite(t);
    });
    xs.slice(0, -horizon).forEach((x, t) => {
      learn(prompt, x, ds[t]);
    });
    // The longest horizon has seen exactly the targets of all rows but the last `horizon`.
    const weights = delayed.rls.weights.slice((horizon - 1) * 3);
    prompt.weights.forEach((w, i) => {
      expect(weights[i]).toBeCloseTo(w, 9);
    });
  });
});
