import fc from 'fast-check';
import { firstValueFrom, from, lastValueFrom, Subject, toArray } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Forecast, forecast, forecastStage } from '../../../operators/forecasting/forecast.js';
import { createRandom } from '../../../src/core/random.js';
import type { Stage } from '../../../src/core/stage.js';
import { startNetworks } from '../../../src/nn/startNetworks.js';
import type { Row } from '../../../src/stats/row.js';

const step = <In>(stage: Stage<In, Forecast>, values: readonly In[]): Forecast[] => {
  const out: Forecast[] = [];
  for (const value of values) stage.step(value, (y) => out.push(y));
  return out;
};

/** Unknown is null; whatever is known is finite. */
const finite = ({ forecast: values, rmse, skill }: Forecast) =>
  [...values, ...rmse.map((error) => error ?? 0), ...Object.values(skill)].every(Number.isFinite);

/** A day of 24 rows, a slow wave and noise. */
const seasonal = (rows: number, seed: number) => {
  const random = createRandom(seed);
  return Array.from(
    { length: rows },
    (_, t) => 50 + 10 * Math.sin((2 * Math.PI * t) / 24) + 3 * Math.sin(t / 90) + random.normal(),
  );
};

beforeAll(startNetworks);

describe('forecast', () => {
  it('works with a horizon and no other option, and beats its baselines on a season', async () => {
    const last = await lastValueFrom(from(seasonal(2000, 1)).pipe(forecast({ horizon: 5 })));
    expect(last.index).toBe(2000);
    expect(last.forecast).toHaveLength(5);
    expect(last.skill.best).toBeGreaterThan(0.05);
    expect(last.skill.lastValue).toBeGreaterThan(0.6);
    // Noise of deviation 1 cannot be forecast; all else can, nearly.
    for (const error of last.rmse) expect(error).toBeGreaterThan(0.8);
    for (const error of last.rmse) expect(error).toBeLessThan(2.5);
  });

  it('forecasts many channels at once, in their own units', async () => {
    const rows = seasonal(600, 2).map((x, t) => [x, 1e6 * (t % 2), -x / 1e6]);
    const { forecast: values } = await lastValueFrom(from(rows).pipe(forecast({ horizon: 2 })));
    expect(values).toHaveLength(6);
    expect(values[1]).toBeCloseTo(0, -4);
    expect(values[4]).toBeCloseTo(1e6, -4);
    expect(Math.abs(values[2] + 50e-6)).toBeLessThan(20e-6);
  });

  it('emits in the same turn once the networks have started', () => {
    const source = new Subject<number>();
    let emitted = 0;
    source.pipe(forecast({ horizon: 2 })).subscribe(() => emitted++);
    for (let t = 1; t <= 5; t++) {
      source.next(t);
      expect(emitted).toBe(t);
    }
  });

  it('learns from a row only when it has come: what follows changes nothing before', () =>
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 2 }), {
          minLength: 5,
          maxLength: 60,
        }),
        fc.nat(60),
        (rows, cut) => {
          const open = forecastStage({ horizon: 3, networks: 0 });
          const whole = step(open(), rows);
          const other = rows.map((row, t) => (t < cut ? row : [1e6, -1e6]));
          expect(step(open(), other).slice(0, cut)).toEqual(whole.slice(0, cut));
        },
      ),
      { numRuns: 30 },
    ));

  it.each([0, 2])('goes on bit for bit from a snapshot, with %i networks', (networks) => {
    const rows = seasonal(400, 3).map((x, t) => (t % 17 === 5 ? [Number.NaN, x] : [x, 2 * x + t]));
    const open = forecastStage({ horizon: 4, networks });
    const whole = step(open(), rows);
    for (const cut of [0, 1, 63, 64, 65, 300]) {
      const first = open();
      step(first, rows.slice(0, cut));
      const second = open();
      second.restore?.(first.snapshot?.() ?? {});
      expect(step(second, rows.slice(cut))).toEqual(whole.slice(cut));
      first.dispose();
      second.dispose();
    }
  });

  it('is the same for the same seed, and cold for every subscription', async () => {
    const run = () => lastValueFrom(from(seasonal(200, 4)).pipe(forecast({ horizon: 3, seed: 5 })));
    expect(await run()).toEqual(await run());
  });
});

describe('forecast under bad input', () => {
  const jump = (t: number, at: number, size: number) => (t >= at ? size : 0);
  const series: Record<string, Row[]> = {
    'one row': [7],
    'a constant': new Array<number>(700).fill(0.1),
    'all missing': new Array<number>(300).fill(Number.NaN),
    'nothing, then something': Array.from({ length: 300 }, (_, t) => (t < 150 ? Number.NaN : t % 5)),
    'a constant that starts to move': Array.from({ length: 900 }, (_, t) => (t < 500 ? 3 : 3 + Math.sin(t))),
    'a huge jump': Array.from({ length: 900 }, (_, t) => Math.sin(t) + jump(t, 400, 1e30)),
    'jumps up and down': Array.from(
      { length: 1200 },
      (_, t) => Math.sin(t / 3) * 10 ** (Math.floor(t / 100) % 2 === 0 ? 0 : 12),
    ),
    'spikes of the largest float32': Array.from({ length: 900 }, (_, t) => (t % 97 === 0 ? 3.4e38 : -1e-30 * t)),
    'alternating extremes': Array.from({ length: 600 }, (_, t) => (t % 2 === 0 ? 3.4e38 : -3.4e38)),
    'explosive growth': Array.from({ length: 600 }, (_, t) => Math.min(3e38, 1.3 ** t)),
    'ever smaller': Array.from({ length: 600 }, (_, t) => 0.5 ** t),
    'two channels, one dead': Array.from({ length: 400 }, (_, t) => [5, t % 7]),
  };

  it.each(Object.entries(series))('answers %s with finite numbers', (_, rows) => {
    const stage = forecastStage({ horizon: 3, networks: 1 })();
    const out = step(stage, rows);
    stage.dispose();
    expect(out).toHaveLength(rows.length);
    expect(out.every(finite)).toBe(true);
  });

  it('answers anything finite with finite numbers', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.double({ min: -3.4e38, max: 3.4e38, noNaN: true }),
            fc.integer({ min: -3, max: 3 }),
            fc.constant(Number.NaN),
          ),
          {
            minLength: 1,
            maxLength: 200,
          },
        ),
        (rows) => {
          expect(step(forecastStage({ horizon: 2, networks: 0, season: [3, 9] })(), rows).every(finite)).toBe(true);
        },
      ),
      { numRuns: 60 },
    ));

  it('knows a constant', () => {
    const out = step(forecastStage({ horizon: 2 })(), new Array<number>(300).fill(42));
    expect(out.every(({ forecast: values }) => values.every((value) => value === 42))).toBe(true);
  });

  it.each([0, 2])('recovers from a jump of 1e6, with %i networks', (networks) => {
    const random = createRandom(8);
    const wave = (t: number) => 10 * Math.sin((2 * Math.PI * t) / 12) + random.normal();
    const rows = Array.from({ length: 6000 }, (_, t) => wave(t) + (t >= 2000 && t < 2003 ? 1e6 : 0));
    const stage = forecastStage({ horizon: 1, networks, season: 12 })();
    const out = step(stage, rows);
    stage.dispose();
    const error = (t: number) => Math.abs(out[t - 1].forecast[0] - rows[t]);
    const median = (low: number, high: number) =>
      Array.from({ length: high - low }, (_, i) => error(low + i)).sort((a, b) => a - b)[Math.floor((high - low) / 2)];
    expect(median(1000, 2000)).toBeLessThan(1.2);
    expect(median(5000, 6000)).toBeLessThan(2);
  });

  it('takes duplicate and backward times as one step on', () => {
    const hour = 3_600_000;
    const rows = seasonal(300, 6).map((value, t) => ({ value, time: (t % 50 === 9 ? t - 3 : t) * hour }));
    const stage = forecastStage<{ value: number; time: number }>({
      networks: 0,
      features: ({ value }) => value,
      time: ({ time }) => time,
    })();
    expect(step(stage, rows).every(finite)).toBe(true);
  });

  it('takes a season longer than the series', () =>
    expect(step(forecastStage({ networks: 0, season: [500, 5000] })(), seasonal(100, 7)).every(finite)).toBe(true));

  it('fails on another width, infinity and text, and goes on as if they had not come', () => {
    const open = forecastStage<unknown>({ networks: 0, features: (value) => value as Row });
    const stage = open();
    step(stage, [
      [1, 2],
      [2, 3],
    ]);
    for (const bad of [[1], [1, 2, 3], 4, [1, Number.POSITIVE_INFINITY], [1, 'two'], 'text', null, [1e39, 0]]) {
      expect(() => step(stage, [bad])).toThrow(/forecast: sample 3 must/);
    }
    const clean = step(open(), [
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
    expect(step(stage, [[3, 4]])).toEqual(clean.slice(2));
  });

  it('names a broken rule at the call', () => {
    expect(() => forecast({ horizon: 0 })).toThrow('horizon must be a whole number');
    expect(() => forecast({ season: -1 })).toThrow('season must be a whole number');
    expect(() => forecast({ networks: 9 })).toThrow('networks must be a whole number');
  });

  it('fails the stream on a bad row, and lets go of the source', async () => {
    const source = new Subject<number>();
    const failed = firstValueFrom(source.pipe(forecast({ networks: 0 }), toArray())).catch((error: unknown) => error);
    source.next(1);
    source.next(Number.POSITIVE_INFINITY);
    expect(await failed).toMatchObject({ name: 'EddyError', code: 'invalid-sample' });
    expect(source.observed).toBe(false);
  });
});
