import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DelayedRls } from '../src/online/delayedRls.js';
import { Rls } from '../src/online/rls.js';

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

describe('Rls', () => {
  it('solves regularized, exponentially weighted least squares, at every width', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }).chain((width) => samples(width)),
        fc.constantFrom(1, 0.98),
        (rows, forgetting) => {
          const rls = new Rls({ inputs: rows[0][0].length, forgetting, prior: 0.5 });
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
    const rls = new Rls({ inputs: 6, forgetting: 0.99, prior: 0.1 });
    for (let t = 0; t < 50_000; t++) {
      const on = t % 1000 < 5 ? 1 : 0;
      learn(rls, [1, on, on * Math.sin(t), 0, 1e-6 * (t % 7), on * 1e3], Math.cos(t));
    }
    for (let i = 0; i < 6; i++) {
      expect(rls.between(i, i)).toBeGreaterThan(0);
      expect(rls.between(i, i)).toBeLessThan(2);
      for (let j = 0; j < i; j++) {
        expect(rls.between(i, j)).toBe(rls.between(j, i));
        expect(rls.between(i, j) ** 2).toBeLessThanOrEqual(rls.between(i, i) * rls.between(j, j) * (1 + 1e-9));
      }
      expect(Number.isFinite(rls.weights[i])).toBe(true);
    }
  });
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
