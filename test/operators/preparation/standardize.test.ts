import fc from 'fast-check';
import { from, lastValueFrom, of, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { inverse } from '../../../operators/preparation/inverse.js';
import { type StandardizeOptions, standardize, standardizeStage } from '../../../operators/preparation/standardize.js';
import type { Row } from '../../../src/stats/row.js';
import { createMomentScaler } from '../../../src/stats/scaler.js';

const marbles = (test: Parameters<TestScheduler['run']>[0]) =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(test);

const scores = (xs: number[], options?: StandardizeOptions) =>
  lastValueFrom(from(xs).pipe(standardize(options), toArray()), { defaultValue: [] });

const run = (stage: ReturnType<ReturnType<typeof standardizeStage>>, rows: Row[]) => {
  const out: Array<number | Float32Array> = [];
  for (const row of rows) stage.step(row, (z) => out.push(z));
  return out;
};

// On a grid of 1/64, so that a spread is either 0 or far above rounding.
const values = fc.array(
  fc.integer({ min: -64e6, max: 64e6 }).map((n) => n / 64),
  { minLength: 3, maxLength: 60 },
);

describe('standardize', () => {
  it('scores a value by those before it', () =>
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot(' --a--b--c--d--|', { a: 1, b: 3, c: 2, d: 8 });
      const expected = '   --------x--y--|';
      const subs = '       ^-------------!';
      expectObservable(source.pipe(standardize())).toBe(expected, { x: 0, y: 6 });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }));

  it('fails the stream on a gap, and lets go of the source', () =>
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot(' --a--b--|', { a: 1, b: Number.NaN });
      const expected = '   -----#';
      const subs = '       ^----!';
      expectObservable(source.pipe(standardize())).toBe(
        expected,
        undefined,
        expect.objectContaining({ name: 'EddyError', code: 'invalid-sample' }),
      );
      expectSubscriptions(source.subscriptions).toBe(subs);
    }));

  it('agrees with two passes over the past', () =>
    fc.assert(
      fc.asyncProperty(values, async (xs) => {
        const out = await scores(xs);
        out.forEach((z, i) => {
          const past = xs.slice(0, i + 2);
          const mean = past.reduce((sum, x) => sum + x, 0) / past.length;
          const spread = Math.sqrt(past.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (past.length - 1));
          if (spread > 0 && Math.abs(z) < 1e6) expect(z * spread + mean).toBeCloseTo(xs[i + 2] ?? Number.NaN, 4);
        });
      }),
    ));

  it('with a rate agrees with explicit weights, and stays unbiased', async () => {
    const rate = 0.2;
    const xs = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5];
    const past = xs.slice(0, -1);
    // The weight of row i is a_i times every later (1 − a_j), with a = max(1/n, rate).
    const a = past.map((_, i) => Math.max(1 / (i + 1), rate));
    const weights = a.map((ai, i) => a.slice(i + 1).reduce((w, aj) => w * (1 - aj), ai));
    const sum = (f: (x: number, w: number) => number) => past.reduce((s, x, i) => s + f(x, weights[i] ?? 0), 0);
    const mean = sum((x, w) => w * x);
    const variance = sum((x, w) => w * (x - mean) ** 2) / (1 - sum((_, w) => w * w));
    expect((await scores(xs, { rate })).at(-1)).toBeCloseTo((5 - mean) / Math.sqrt(variance), 12);
  });

  it('is causal: later values never change earlier scores', () =>
    fc.assert(
      fc.asyncProperty(values, async (xs) => {
        expect(await scores(xs.slice(0, -1))).toEqual((await scores(xs)).slice(0, -1));
      }),
    ));

  it('goes on bit for bit from a snapshot, wherever it is cut', () =>
    fc.assert(
      fc.property(values, fc.nat(60), (xs, at) => {
        const whole = run(standardizeStage({ rate: 0.01 })(), xs);
        const first = standardizeStage({ rate: 0.01 })();
        const head = run(first, xs.slice(0, at));
        const second = standardizeStage({ rate: 0.01 })();
        second.restore?.(first.snapshot?.() ?? {});
        expect([...head, ...run(second, xs.slice(at))]).toEqual(whole);
      }),
    ));

  it('scores each channel of an array alone, into an array of the subscriber’s own', async () => {
    const rows = [
      [1, 10],
      [3, 30],
      [2, 20],
      [8, 80],
    ];
    const out = await lastValueFrom(from(rows).pipe(standardize(), toArray()));
    expect(out).toEqual([Float32Array.of(0, 0), Float32Array.of(6, 6)]);
    expect(await lastValueFrom(from(rows.map((row) => Float32Array.from(row))).pipe(standardize(), toArray()))).toEqual(
      out,
    );
  });

  it('is undone by inverse on the same scaler', () =>
    fc.assert(
      fc.asyncProperty(values, async (xs) => {
        const scaler = createMomentScaler();
        const back = await lastValueFrom(
          from(xs).pipe(standardize({ scaler, clip: 1e300 }), inverse(scaler), toArray()),
        );
        back.forEach((x, i) => {
          expect(x).toBeCloseTo(xs[i + 2] ?? Number.NaN, 6);
        });
      }),
    ));

  it('emits only finite scores, whatever finite numbers come', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: -3.4e38, max: 3.4e38, noNaN: true }), { minLength: 1, maxLength: 40 }),
        fc.constantFrom(0, 0.3),
        async (xs, rate) => {
          for (const z of await scores(xs, { rate })) expect(Math.abs(z)).toBeLessThanOrEqual(1e6);
        },
      ),
    ));

  it('keeps a constant channel at 0 and its first jump in its own units', async () =>
    expect(await scores([0.1, 0.1, 0.1, 0.1, 2.1])).toEqual([0, 0, 2]));

  it('takes a bad row as if it had never come', () => {
    const stage = standardizeStage()();
    run(stage, [
      [1, 2],
      [3, 4],
    ]);
    const before = stage.snapshot?.();
    const bad: Row[] = [[1], [1, 2, 3], 5, [1, Number.POSITIVE_INFINITY], [1e39, 0]];
    for (const row of bad) expect(() => run(stage, [row])).toThrow(/standardize: sample 2 must/);
    expect(stage.snapshot?.()).toEqual(before);
  });

  it('starts cold for every subscription', async () => {
    const scored = of(1, 3, 2, 8).pipe(standardize(), toArray());
    expect(await lastValueFrom(scored)).toEqual(await lastValueFrom(scored));
  });

  it('names the broken rule at the call, before any subscription', () => {
    expect(() => standardize({ warmup: 1 })).toThrow('warmup must be an integer ≥ 2');
    expect(() => standardize({ rate: 1 })).toThrow('rate must lie in [0, 1)');
    expect(() => standardize({ clip: 0 })).toThrow('clip must be above 0');
  });
});
