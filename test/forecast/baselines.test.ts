import fc from 'fast-check';
import { from, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { baseline } from '../../operators/forecasting/baseline.js';
import { createRandom } from '../../src/core/random.js';
import { createDrift } from '../../src/forecast/baselines/drift.js';
import { createHoltWinters } from '../../src/forecast/baselines/holtWinters.js';
import { createLastValue } from '../../src/forecast/baselines/lastValue.js';
import { createRlsOnLags } from '../../src/forecast/baselines/rlsOnLags.js';
import { createSeasonalNaive } from '../../src/forecast/baselines/seasonalNaive.js';
import { Evaluation } from '../../src/forecast/evaluation.js';
import type { ForecastModel } from '../../src/forecast/forecastModel.js';

const settle = (model: ForecastModel, rows: readonly number[][]) => {
  for (const row of rows) model.step(Float64Array.from(row), Number.NaN);
  return [...model.forecast];
};
const shape = { channels: 1, horizon: 3 };

const models = {
  lastValue: () => createLastValue(shape),
  drift: () => createDrift(shape),
  seasonalNaive: () => createSeasonalNaive(shape),
  holtWinters: () => createHoltWinters(shape),
  rlsOnLags: () => createRlsOnLags(shape),
};

describe.each(Object.entries(models))('%s', (_, open) => {
  // Hours of a day, by the clock or not: a season is found, and the history grows, on the way.
  it.each([Number.NaN, 3_600_000])('goes on bit for bit from a snapshot taken anywhere, rows %d ms apart', (step) => {
    const random = createRandom(3);
    const rows = Array.from({ length: 300 }, (__, t) => (t % 24) + random.uniform() + (t % 41 === 7 ? Number.NaN : 0));
    const play = (model: ForecastModel, from: number, to: number) => {
      const out: number[][] = [];
      for (let t = from; t < to; t++) {
        model.step(Float64Array.of(rows[t]), t * step);
        out.push([...model.forecast]);
      }
      return out;
    };
    const whole = play(open(), 0, rows.length);
    for (const cut of [0, 1, 8, 9, 63, 64, 65, 127, 128, 129, 200, 299]) {
      const first = open();
      const head = play(first, 0, cut);
      const second = open();
      const record = first.snapshot?.();
      if (record) second.restore?.(structuredClone(record));
      expect([...head, ...play(second, cut, rows.length)]).toEqual(whole);
    }
  });

  it('refuses a foreign snapshot', () =>
    expect(() => open().restore?.({ arrays: [], parts: [], rows: 1, capacity: 1, short: 0, index: 0 })).toThrow(
      expect.objectContaining({ code: 'invalid-state' }),
    ));
});

describe('baselines', () => {
  it('the last value stays, gaps or not', () =>
    expect(
      settle(createLastValue({ channels: 2, horizon: 2 }), [
        [1, 2],
        [Number.NaN, 3],
      ]),
    ).toEqual([1, 3, 1, 3]));

  it('the season comes again, also where the horizon is longer', () =>
    expect(settle(createSeasonalNaive({ channels: 1, horizon: 5 }, [3, 0]), [[1], [2], [3], [4], [5]])).toEqual([
      3, 4, 5, 3, 4,
    ]));

  it('drift goes on along the line through the first and the newest', () =>
    expect(settle(createDrift(shape), [[1], [9], [5]])).toEqual([7, 9, 11]));

  it('Holt-Winters comes to know a season on a trend', () => {
    const value = (t: number) => 100 + 0.5 * t + [5, -3, -2, 0][t % 4];
    const rows = Array.from({ length: 800 }, (_, t) => [value(t)]);
    settle(createHoltWinters(shape, [4, 0]), rows).forEach((forecast, h) => {
      expect(forecast).toBeCloseTo(value(800 + h), 1);
    });
  });

  it('RLS on lags comes near the best that an AR(2) allows', () => {
    const random = createRandom(4);
    const xs = [0, 0];
    for (let t = 2; t < 4000; t++) xs.push(1.6 * xs[t - 1] - 0.9 * xs[t - 2] + random.normal());
    const evaluation = new Evaluation({ channels: 1, horizon: 1, from: 1000, deviations: Float64Array.of(1) });
    const model = createRlsOnLags({ channels: 1, horizon: 1 });
    for (const x of xs) evaluation.step(model, Float64Array.of(x), Number.NaN, () => 0);
    // The noise's variance is 1; 49 weights cost a few per cent.
    expect(evaluation.result().mse).toBeGreaterThan(0.9);
    expect(evaluation.result().mse).toBeLessThan(1.15);
  });

  it('stand in a stream', async () =>
    expect(await lastValueFrom(from([1, 2, 4]).pipe(baseline(createLastValue, { horizon: 2 })))).toEqual(
      Float64Array.of(4, 4),
    ));
});

describe('Evaluation', () => {
  it('scores as a plain loop over all origins does', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.array(fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant(Number.NaN)), { minLength: 2, maxLength: 2 }),
          {
            minLength: 12,
            maxLength: 40,
          },
        ),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 6 }),
        (rows, horizon, from) => {
          const deviations = Float64Array.of(2, 0.5);
          const evaluation = new Evaluation({ channels: 2, horizon, from, deviations });
          const model = createLastValue({ channels: 2, horizon });
          const said: number[][] = [];
          for (const row of rows) {
            evaluation.step(model, Float64Array.from(row), Number.NaN, () => 0);
            said.push([...model.forecast]);
          }
          const errors: number[] = [];
          for (let origin = from - 1; origin + horizon < rows.length; origin++) {
            for (let h = 1; h <= horizon; h++) {
              for (let c = 0; c < 2; c++) {
                const error = (said[origin][(h - 1) * 2 + c] - rows[origin + h][c]) / deviations[c];
                if (!Number.isNaN(error)) errors.push(error);
              }
            }
          }
          const mean = (f: (e: number) => number) =>
            errors.length > 0 ? errors.reduce((s, e) => s + f(e), 0) / errors.length : 0;
          expect(evaluation.result().count).toBe(errors.length);
          expect(evaluation.result().mse).toBeCloseTo(
            mean((e) => e * e),
            9,
          );
          expect(evaluation.result().mae).toBeCloseTo(mean(Math.abs), 9);
        },
      ),
    ));

  it('hands a model a row only after its forecasts of it were scored', () => {
    // A cheat that says what it has just been given is wrong on every change.
    const forecast = new Float64Array(1);
    const cheat: ForecastModel = { forecast, step: (row) => forecast.set(row) };
    const evaluation = new Evaluation({ channels: 1, horizon: 1, from: 1, deviations: Float64Array.of(1) });
    for (let t = 0; t < 10; t++) evaluation.step(cheat, Float64Array.of(t), Number.NaN, () => 0);
    expect(evaluation.result().mae).toBe(1);
  });
});
