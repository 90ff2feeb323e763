import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.js';
import { Forecaster } from '../../src/forecast/forecaster.js';
import { LagForecaster } from '../../src/forecast/lagForecaster.js';
import { HorizonIntervals } from '../../src/intervals/horizonIntervals.js';
import { intervalScore } from '../../src/intervals/intervalScore.js';
import { Intervals } from '../../src/intervals/intervals.js';
import { PendingCoverage } from '../../src/intervals/pendingCoverage.js';
import { ScoreWindow } from '../../src/intervals/scoreWindow.js';

const METHODS = ['log', 'aci', 'dtaci', 'pid'] as const;
const BURN_IN = 1000;

const table = (path: string) => {
  const bytes = readFileSync(new URL(`../../data/${path}`, import.meta.url));
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  return text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
};
const column = (rows: string[][], name: string) => {
  const at = rows[0].indexOf(name);
  return rows.slice(1).map((row) => Number(row[at]));
};

/** Misses of the values that had an interval, in order, under one-step forecasts. */
function missesOf(values: readonly number[], intervals: Intervals): number[] {
  const forecaster = new LagForecaster();
  const misses: number[] = [];
  let low = Number.NaN;
  let high = Number.NaN;
  for (const value of values) {
    const known = Number.isFinite(value);
    if (known && !Number.isNaN(low)) misses.push(value < low || value > high ? 1 : 0);
    ({ low, high } = intervals.step(known ? value : undefined, forecaster.step(value)));
  }
  return misses.slice(BURN_IN);
}

/** The furthest that the share of misses is from alpha over any `length` values in a row. */
function furthest(misses: readonly number[], length: number, alpha: number): number {
  let sum = 0;
  let most = 0;
  misses.forEach((miss, i) => {
    sum += miss - (i >= length ? misses[i - length] : 0);
    if (i >= length - 1) most = Math.max(most, Math.abs(sum / length - alpha));
  });
  return most;
}

describe('coverage on real series, one row ahead, alpha 0.1', () => {
  const taxi = column(table('nab/nyc_taxi.csv'), 'value');
  const ett = table('ett/ETTh2_first14400.csv.gz');
  const pm = table('pm25/beijing-pm25-2010-2014.csv.gz');
  // Rows 6,840 to 7,920 of ETTh2 are one stuck sensor: a forecast that is exactly right is covered by any interval.
  const upToTheStuckSensor = (name: string) => column(ett, name).slice(0, 6800);
  const series: [string, number[]][] = [
    ['taxi', taxi],
    ['PM2.5', column(pm, 'pm2.5')],
    ['PM2.5 TEMP', column(pm, 'TEMP')],
    ...['HUFL', 'HULL', 'MUFL', 'MULL', 'LUFL', 'LULL', 'OT'].map((name): [string, number[]] => [
      `ETTh2 ${name}`,
      upToTheStuckSensor(name),
    ]),
  ];

  it.each(series)('%s: within 2.5 % over any 1,000 and 1 % over any 10,000', (_, values) => {
    const misses = missesOf(values, new Intervals({ alpha: 0.1 }));
    expect(furthest(misses, 1000, 0.1)).toBeLessThanOrEqual(0.025);
    expect(furthest(misses, Math.min(10_000, misses.length), 0.1)).toBeLessThanOrEqual(0.01);
  });

  it.each(ett[0].slice(1))('ETTh2 %s: within 1 % over any 10,000, the stuck sensor in it', (name) => {
    expect(furthest(missesOf(column(ett, name), new Intervals({ alpha: 0.1 })), 10_000, 0.1)).toBeLessThanOrEqual(0.01);
  });

  it('the default is no wider than the published three: least interval score over all series', () => {
    const cost = (method: (typeof METHODS)[number]) =>
      series.reduce((sum, [, values]) => {
        const intervals = new Intervals({ alpha: 0.1, method });
        missesOf(values, intervals);
        return sum + Math.log(intervals.meanScore);
      }, 0) / series.length;
    const own = cost('log');
    for (const method of ['aci', 'pid'] as const) expect(own).toBeLessThan(cost(method) + 0.005);
    expect(own).toBeLessThan(cost('dtaci') + 0.01);
  });
});

describe('coverage on real series far ahead, alpha 0.1', () => {
  const hours = (values: number[]) => values.map((_, t) => Date.UTC(2010, 0, 1) + t * 3_600_000);
  const ett = table('ett/ETTh2_first14400.csv.gz');
  const series: [string, number[], number[]][] = [
    ['taxi', [6, 12, 24, 48], column(table('nab/nyc_taxi.csv'), 'value')],
    ['ETTh2 HUFL', [24, 48], column(ett, 'HUFL').slice(0, 6800)],
    ['ETTh2 OT', [24, 48], column(ett, 'OT').slice(0, 6800)],
    ['PM2.5 PRES', [6, 12, 24], column(table('pm25/beijing-pm25-2010-2014.csv.gz'), 'PRES').slice(0, 12_000)],
  ];

  it.each(series)('%s: within 2.5 % over any 1,000, %j rows ahead', (_, horizons, values) => {
    const furthestAhead = Math.max(...horizons);
    const forecaster = new Forecaster({ channels: 1, horizon: furthestAhead });
    const bands = new HorizonIntervals(1, furthestAhead, { alpha: 0.1 });
    const times = hours(values);
    const out: { low: Float64Array; high: Float64Array }[] = [];
    const misses = horizons.map((ahead) => ({ ahead, list: [] as number[] }));
    const row = new Float64Array(1);
    values.forEach((value, t) => {
      for (const { ahead, list } of misses) {
        const scored = out[t - ahead];
        const [low, high] = scored ? [scored.low[ahead - 1], scored.high[ahead - 1]] : [-Infinity, Infinity];
        if (Number.isFinite(low)) list.push(value < low || value > high ? 1 : 0);
      }
      row[0] = value;
      forecaster.step(row, times[t]);
      out.push(bands.step(row, forecaster.forecast));
    });
    for (const { list } of misses) {
      expect(list.length).toBeGreaterThan(6000);
      expect(furthest(list.slice(BURN_IN), 1000, 0.1)).toBeLessThanOrEqual(0.025 + 1e-9);
    }
  });
});

describe('each method', () => {
  it.each(METHODS)('%s covers its share of noise, at the width of the noise', (method) => {
    const random = createRandom(5);
    const intervals = new Intervals({ alpha: 0.2, method });
    let width = 0;
    for (let t = 0; t < 20_000; t++) {
      const { low, high } = intervals.step(random.normal(), 0);
      if (t >= 10_000) width += (high - low) / 10_000;
    }
    expect(Math.abs(intervals.coverage - 0.8)).toBeLessThan(0.015);
    expect(Math.abs(width - 2 * 1.2816)).toBeLessThan(0.15); // the 90 % point of the normal distribution is 1.2816
  });

  it.each(METHODS)('%s widens by itself when the noise grows fivefold', (method) => {
    const random = createRandom(6);
    const intervals = new Intervals({ alpha: 0.1, method });
    let late = 0;
    for (let t = 0; t < 8000; t++) {
      const value = random.normal() * (t < 4000 ? 1 : 5);
      const before = intervals.coverage * intervals.scored;
      intervals.step(value, 0);
      if (t >= 5000) late += (intervals.coverage * intervals.scored - before) / 3000;
    }
    expect(Math.abs(late - 0.9)).toBeLessThan(0.025);
  });

  it.each(METHODS)('%s is causal, takes gaps, and goes on bit for bit from a snapshot', (method) => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: Number.NaN }), { minLength: 1 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 2 }),
        fc.nat(),
        (values, horizon, channels, where) => {
          const cut = where % values.length;
          const open = () => new HorizonIntervals(channels, horizon, { method, window: 20 });
          const step = (bands: HorizonIntervals) => (value: number, t: number) =>
            bands.step(
              new Float64Array(channels).fill(value),
              Float64Array.from({ length: horizon * channels }, (_, i) => (t + i) % 3),
            );
          const all = values.map(step(open()));
          const first = open();
          const early = values.slice(0, cut).map(step(first));
          const second = open();
          second.restore(first.snapshot());
          const late = values.slice(cut).map((value, t) => step(second)(value, t + cut));
          expect([...early, ...late]).toEqual(all);
          for (const { low, high } of all) low.forEach((end, i) => void expect(end <= high[i]).toBe(true));
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each(METHODS)('%s gives no NaN, whatever the size of values and forecasts', (method) => {
    const size = fc.constantFrom(0, -0, 1e-320, 1, -1e10, 1e308, -1.7e308, Number.NaN);
    fc.assert(
      fc.property(fc.array(fc.tuple(size, size), { minLength: 30, maxLength: 90 }), (rows) => {
        const bands = new HorizonIntervals(1, 3, { method, window: 20 });
        for (const [value, forecast] of rows) {
          const finite = Number.isNaN(forecast) ? 1 : forecast;
          const { low, high } = bands.step(Float64Array.of(value), new Float64Array(3).fill(finite));
          low.forEach((end, i) => void expect(end <= high[i]).toBe(true));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('scores a forecast only when its own row has come', () => {
    const intervals = new Intervals({}, 3);
    for (let t = 0; t < 5; t++) intervals.step(t, t + 3);
    expect(intervals.scored).toBe(0); // the first forecast went out without an interval, and so did the next two
    for (let t = 5; t < 9; t++) intervals.step(t, t + 3);
    expect(intervals.coverage).toBe(1);
    expect(intervals.meanScore).toBe(0);
  });

  it('names the broken rule', () => {
    expect(() => new Intervals({ alpha: 1 })).toThrow('alpha must be above 0 and below 1, got 1');
    expect(() => new Intervals({}, 0)).toThrow('rows ahead must be an integer ≥ 1');
    expect(() => new Intervals({ window: 3 })).toThrow('window must be an integer ≥ 20');
    expect(() => new Intervals({ alpha: 0.1 }).restore(new Intervals({ method: 'pid' }).snapshot())).toThrow(
      'snapshot',
    );
  });
});

describe('the parts', () => {
  it('a score window ranks as sorting does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 90 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (scores, level) => {
          const window = new ScoreWindow(30);
          for (const score of scores) window.push(score);
          const kept = scores.slice(-30).sort((a, b) => a - b);
          const rank = Math.min(kept.length, Math.ceil(level * (kept.length + 1)));
          expect(window.quantile(level)).toBe(kept[rank - 1]);
          expect(window.largest).toBe(kept[kept.length - 1]);
          expect(window.tail(7)).toBe((kept.filter((s) => s >= 7).length + 1) / (kept.length + 1));
        },
      ),
    );
  });

  it('the chance of a miss to come is that of errors of the size last seen, about the newest forecast', () => {
    const pendingCoverage = new PendingCoverage(3);
    expect(pendingCoverage.outside(2, -1, 1)).toBeUndefined(); // no such error is known
    for (const error of [1, 3]) pendingCoverage.learn(2, error);
    pendingCoverage.forecast[1] = 10;
    const random = createRandom(3);
    const tries = 200_000;
    // Errors of mean size 2 and the tail (1 + x / 6)^−4, by inversion.
    const size = () => 6 * ((1 - random.uniform()) ** -0.25 - 1);
    const drawn = Array.from({ length: tries }, () => 10 + size() * (random.uniform() < 0.5 ? 1 : -1));
    for (const [low, high] of [
      [8, 13],
      [11, 15],
      [0, 9],
      [-40, 60],
    ]) {
      const share = drawn.filter((value) => value < low || value > high).length / tries;
      expect(Math.abs((pendingCoverage.outside(2, low, high) ?? Number.NaN) - share)).toBeLessThan(0.005);
    }
  });

  it('an interval is infinite until a forecast was tried, however many values are missing', () => {
    const intervals = new Intervals({}, 2);
    for (let t = 0; t < 9; t++) expect(intervals.step(undefined, 5).high).toBe(Number.POSITIVE_INFINITY);
    const { high } = intervals.step(7, 5);
    expect(high).toBeGreaterThanOrEqual(7); // the one error known
    expect(high).toBeLessThan(9);
  });

  it('the interval score is width, and 2/alpha times what was missed', () => {
    expect(intervalScore(1, 3, 2, 0.1)).toBe(2);
    expect(intervalScore(1, 3, 3.5, 0.1)).toBe(12);
    expect(intervalScore(1, 3, 0, 0.5)).toBe(6);
  });
});
