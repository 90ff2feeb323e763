import { describe, expect, it } from 'vitest';
import type { DetectAnomaliesOptions } from '../../../operators/forecasting/detectAnomalies.js';
import { createRandom } from '../../../src/core/random.js';
import { alarms, lags, noise, run, series, type Value } from './anomalyRuns.js';

describe('a sensor that is stuck', () => {
  const stuck = (values: number[], from: number, rows: number) => values.fill(values[from], from, from + rows);

  it('is an alarm within the first 24 rows, and says that it is too calm', () => {
    for (const seed of [21, 22, 23, 24]) {
      const values = stuck(noise(3000, seed), 2000, 200);
      const found = run(values, { ...lags, cooldown: false }).slice(2000, 2025);
      expect(found.filter(({ alarm }) => alarm).map(({ cause }) => cause)).toContain('flatline');
    }
  });

  it('is told a few times and then taken as usual', () => {
    const flatline = run(stuck(noise(8000, 25), 2000, 5000), lags).filter(
      ({ alarm, cause }) => alarm && cause === 'flatline',
    );
    expect(flatline.length).toBeGreaterThan(0);
    expect(flatline.length).toBeLessThanOrEqual(3);
  });

  it('is none where values often stand still as long', () => {
    const random = createRandom(26);
    let level = 0;
    const values = Array.from({ length: 6000 }, () => {
      if (random.uniform() < 0.03) level = random.integer(10);
      return level;
    });
    expect(run(values, lags).filter(({ alarm, index, cause }) => alarm && index > 900 && cause === 'flatline')).toEqual(
      [],
    );
  });
});

describe('what is no anomaly', () => {
  it('a noiseless day that repeats: after its third, one alarm in a hundred such streams at most', {
    timeout: 60_000,
  }, () => {
    const monday = Date.UTC(2024, 0, 1);
    const days = [1, 2, 4, 8, 12, 20, 33, 54].flatMap((rows) =>
      Array.from({ length: 8 }, (_, k) => 12 * k).flatMap((at) => [0, 2, 5, 6].map((first) => ({ rows, at, first }))),
    );
    const late = days.map(({ rows, at, first }) => {
      const samples = Array.from({ length: 96 * 21 }, (_, t) => ({
        time: monday + first * 86_400_000 + t * 900_000,
        value: t % 96 >= at && t % 96 < at + rows ? 1 : 0,
      }));
      const found = run(samples, { value: (s) => s.value, time: (s) => s.time });
      return alarms(found).filter((index) => index > 3 * 96).length;
    });
    expect(Math.max(...late)).toBeLessThanOrEqual(1);
    expect(late.filter((count) => count > 0).length).toBeLessThanOrEqual(days.length / 100);
  });

  it('a constant, and its first change of 1e-12', () => {
    for (const level of [0, 1, -45, 1e9]) {
      const values = Array.from({ length: 2000 }, (_, t) =>
        t >= 1000 ? level + 1e-12 * Math.max(1, Math.abs(level)) : level,
      );
      for (const options of [lags, undefined]) expect(alarms(run<Value>(values, options))).toEqual([]);
    }
    expect(alarms(run(series('art_flatline.csv').map(({ value }) => value)))).toEqual([]);
  });

  it('though a change that can be seen is one', () => {
    const values = Array.from({ length: 2000 }, (_, t) => (t === 1000 ? 46 : 45));
    expect(alarms(run(values, lags))).toContain(1001);
  });

  it('a gap, neither in itself nor by the jump after it', () => {
    let walk = 0;
    const samples = noise(3000, 8).map((step, t) => {
      walk += step;
      return { time: t * 300_000, value: t >= 2000 && t < 2100 ? null : walk };
    });
    const options: DetectAnomaliesOptions<(typeof samples)[number]> = { value: (s) => s.value, time: (s) => s.time };
    const found = run(samples, options);
    for (const row of found.slice(2000, 2100)) expect(row).toMatchObject({ value: null, score: 0, alarm: false });
    expect(found[2100].parts.error).toBeLessThan(0.5);
    expect(found[2100].missing).toBe(100);
    const without = run(
      samples.filter(({ value }) => value !== null),
      options,
    );
    expect(without[2000].missing).toBe(100);
    expect(without[2000].parts.error).toBeLessThan(0.5);
  });

  it('unless asked', () => {
    const samples = noise(1000, 9).map((value, t) => ({ time: t * 60_000, value: t === 500 ? null : value }));
    const options: DetectAnomaliesOptions<(typeof samples)[number]> = {
      value: (s) => s.value,
      time: (s) => s.time,
      gaps: 'alarm',
    };
    expect(run(samples, options)[500]).toMatchObject({ score: 1, alarm: true, cause: 'gap' });
    const without = run(
      samples.filter(({ value }) => value !== null),
      options,
    );
    expect(without[500]).toMatchObject({ score: 1, alarm: true, cause: 'gap', missing: 1 });
  });
});
