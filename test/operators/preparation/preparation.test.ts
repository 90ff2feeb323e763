import fc from 'fast-check';
import { from, lastValueFrom, type OperatorFunction, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { classMetrics } from '../../../operators/forecasting/classMetrics.js';
import { metrics, metricsStage } from '../../../operators/forecasting/metrics.js';
import { difference, differenceStage } from '../../../operators/preparation/difference.js';
import { impute, imputeStage } from '../../../operators/preparation/impute.js';
import { inverse } from '../../../operators/preparation/inverse.js';
import { minMax, minMaxStage } from '../../../operators/preparation/minMax.js';
import { resample, resampleStage } from '../../../operators/preparation/resample.js';
import { TIME_FEATURES, timeFeatures, timeFeaturesStage } from '../../../operators/preparation/timeFeatures.js';
import type { Stage } from '../../../src/core/stage.js';
import { createRangeScaler } from '../../../src/stats/rangeScaler.js';

const run = <In, Out>(values: readonly In[], operator: OperatorFunction<In, Out>): Promise<Out[]> =>
  lastValueFrom(from(values).pipe(operator, toArray()));

const step = <In, Out>(stage: Stage<In, Out>, values: readonly In[]): Out[] => {
  const out: Out[] = [];
  for (const value of values) stage.step(value, (y) => out.push(y));
  return out;
};

const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 40 });
const times = fc
  .array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 40 })
  .map((gaps) =>
    gaps.map((gap, i) => ({ time: gaps.slice(0, i).reduce((sum, each) => sum + each, gap), values: [gap, -gap] })),
  );

describe('all preparing stages', () => {
  const stages: Array<[string, () => Stage<never, unknown>, fc.Arbitrary<readonly unknown[]>]> = [
    ['minMax', minMaxStage(), numbers],
    ['difference', differenceStage({ lag: 3 }), numbers],
    [
      'impute',
      imputeStage({ with: 'mean' }),
      fc.array(fc.option(fc.integer({ min: -9, max: 9 }), { nil: undefined }), { minLength: 1 }),
    ],
    ['resample', resampleStage({ every: 100 }), times],
    ['timeFeatures', timeFeaturesStage(), times],
    [
      'metrics',
      metricsStage({ window: 4, season: 2 }),
      numbers.map((xs) => xs.map((x, i) => ({ output: x, target: xs[(i * 7) % xs.length] }))),
    ],
  ];

  it.each(stages)('%s goes on bit for bit from a snapshot, and is causal', (_, open, arbitrary) =>
    fc.assert(
      fc.property(arbitrary, fc.nat(40), (values, cut) => {
        const all = values as never[];
        const whole = step(open(), all);
        const first = open();
        const head = step(first, all.slice(0, cut));
        expect(head).toEqual(whole.slice(0, head.length));
        const second = open();
        second.restore?.(first.snapshot?.() ?? {});
        expect([...head, ...step(second, all.slice(cut))]).toEqual(whole);
      }),
    ),
  );
});

describe('minMax', () => {
  it('puts what was seen between 0 and 1, and a new extreme beyond', async () =>
    expect(await run([2, 4, 3, 8, 8, 2], minMax())).toEqual([0.5, 3, 1, 0]));

  it('is undone by inverse on the same scaler', () =>
    fc.assert(
      fc.asyncProperty(numbers, async (xs) => {
        const scaler = createRangeScaler();
        const back = await lastValueFrom(from(xs).pipe(minMax({ scaler }), inverse(scaler), toArray()));
        back.forEach((x, i) => {
          expect(x).toBeCloseTo(xs[i + 2], 6);
        });
      }),
    ));
});

describe('difference', () => {
  it('takes a season away', async () => {
    expect(await run([1, 3, 2, 8], difference())).toEqual([2, -1, 6]);
    expect(await run([1, 2, 3, 1, 2, 4], difference({ lag: 3 }))).toEqual([0, 0, 1]);
    expect(
      await run(
        [
          [1, 5],
          [2, 3],
        ],
        difference(),
      ),
    ).toEqual([Float64Array.of(1, -2)]);
  });

  it('refuses another width and a lag that is none', async () => {
    await expect(run([[1], [1, 2]], difference())).rejects.toMatchObject({ code: 'invalid-sample' });
    expect(() => difference({ lag: 0 })).toThrow('lag must be a whole number ≥ 1');
  });
});

describe('impute', () => {
  it('fills from the past alone, and tells where and how old', async () => {
    const rows = await run([undefined, 4, Number.NaN, 8, null, null], impute({ initial: -1 }));
    expect(rows.map(({ values }) => values[0])).toEqual([-1, 4, 4, 8, 8, 8]);
    expect(rows.map(({ missing }) => missing[0])).toEqual([1, 0, 1, 0, 1, 1]);
    expect(rows.map(({ since }) => since[0])).toEqual([1, 0, 1, 0, 1, 2]);
  });

  it('fills with the mean so far', async () =>
    expect((await run([4, 8, Number.NaN], impute({ with: 'mean' })))[2].values[0]).toBe(6));

  it('answers a stream of nothing but gaps', async () =>
    expect((await run([Number.NaN, Number.NaN], impute())).map(({ values }) => values[0])).toEqual([0, 0]));
});

describe('resample', () => {
  const at = (time: number, value: number) => ({ time, values: value });

  it('takes means over intervals, and holds where nothing came', async () => {
    const rows = await run([at(0, 1), at(40, 3), at(310, 5)], resample({ every: 100 }));
    expect(rows.map(({ time, values, count }) => [time, values[0], count])).toEqual([
      [0, 2, 2],
      [100, 2, 0],
      [200, 2, 0],
      [300, 5, 1],
    ]);
  });

  it('leaves gaps where asked, and sums', async () => {
    const rows = await run([at(0, 1), at(50, 3), at(250, 5)], resample({ every: 100, by: 'sum', empty: 'gap' }));
    expect(rows.map(({ values }) => values[0])).toEqual([4, Number.NaN, 5]);
  });

  it('takes duplicates and small disorder, refuses what belongs to a row that has gone, and too long a silence', async () => {
    expect((await run([at(50, 1), at(50, 3), at(10, 5)], resample({ every: 100 })))[0].values[0]).toBe(3);
    await expect(run([at(150, 1), at(50, 1)], resample({ every: 100 }))).rejects.toMatchObject({
      code: 'invalid-sample',
    });
    await expect(run([at(0, 1), at(1e15, 1)], resample({ every: 1 }))).rejects.toMatchObject({
      code: 'invalid-sample',
    });
  });
});

describe('timeFeatures', () => {
  it('puts Δt and the hour behind a row', async () => {
    const [first, second] = await run(
      [
        { time: Date.UTC(2024, 0, 1), values: 7 },
        { time: new Date(Date.UTC(2024, 0, 1, 6)), values: 8 },
      ],
      timeFeatures({ unit: 3_600_000 }),
    );
    expect(first).toHaveLength(1 + TIME_FEATURES);
    expect(first[1]).toBe(0);
    expect(second[1]).toBeCloseTo(Math.log(7), 6);
    expect([second[2], second[3]].map((x) => Math.round(x * 1e6) / 1e6)).toEqual([1, 0]);
  });

  it('takes a duplicate time and refuses a backward one', async () => {
    const rows = [5, 5, 4].map((time) => ({ time, values: 1 }));
    expect((await run(rows.slice(0, 2), timeFeatures()))[1][1]).toBe(0);
    await expect(run(rows, timeFeatures())).rejects.toMatchObject({ code: 'invalid-sample' });
  });
});

describe('metrics', () => {
  const rows = [
    { output: 2, target: 3 },
    { output: 5, target: 3 },
    { output: 4, target: 0 },
    { output: 1, target: 2 },
  ];

  it('says MAE, RMSE, MAPE and MASE of all rows', async () => {
    const { mae, rmse, mape, mase, count } = (await run(rows, metrics()))[3];
    expect(count).toBe(4);
    expect(mae).toBeCloseTo((1 + 2 + 4 + 1) / 4, 12);
    expect(rmse).toBeCloseTo(Math.sqrt((1 + 4 + 16 + 1) / 4), 12);
    expect(mape).toBeCloseTo((1 / 3 + 2 / 3 + 1 / 2) / 3, 12);
    // The last value would have been wrong by 0, 3 and 2 on the rows where it was wrong by 2, 4 and 1.
    expect(mase).toBeCloseTo((2 + 4 + 1) / (0 + 3 + 2), 12);
  });

  it('forgets by window, and fades', async () => {
    expect((await run(rows, metrics({ window: 2 })))[3].mae).toBeCloseTo((4 + 1) / 2, 12);
    const faded = (1 * 0.125 + 2 * 0.25 + 4 * 0.5 + 1) / (0.125 + 0.25 + 0.5 + 1);
    expect((await run(rows, metrics({ fading: 0.5 })))[3].mae).toBeCloseTo(faded, 12);
  });

  it('leaves a missing target out, and stays finite on nothing', async () => {
    const [none, one] = await run(
      [
        { output: 1, target: Number.NaN },
        { output: 1, target: 2 },
      ],
      metrics(),
    );
    expect(none).toEqual({ count: 1, mae: 0, rmse: 0, mape: 0, mase: 0 });
    expect(one.mae).toBe(1);
  });

  it('scores classes', async () => {
    const [sure, wrong] = await run(
      [
        { output: [0.2, 0.8], target: 1 },
        { output: [1, 0], target: 1 },
      ],
      classMetrics(),
    );
    expect(sure.accuracy).toBe(1);
    expect(sure.logLoss).toBeCloseTo(-Math.log(0.8), 12);
    expect(wrong.accuracy).toBe(0.5);
    expect(wrong.logLoss).toBeCloseTo((-Math.log(0.8) - Math.log(1e-15)) / 2, 9);
    await expect(run([{ output: [0.5, 0.5], target: 2 }], classMetrics())).rejects.toMatchObject({
      code: 'invalid-sample',
    });
  });
});
