import fc from 'fast-check';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  type Anomaly,
  type DetectAnomaliesOptions,
  detectAnomalies,
  detectAnomaliesStage,
} from '../../../operators/forecasting/detectAnomalies.js';
import { keyed } from '../../../operators/keyed/keyed.js';
import { createRandom } from '../../../src/core/random.js';
import { LagForecaster } from '../../../src/forecast/lagForecaster.js';
import { describeOperator } from '../shared/laws.js';
import { alarms, boxless, lags, noise, run, series, type Value } from './anomalyRuns.js';

/** Boxed: a Node stream ends at a null. */
interface Box {
  x: Value;
}
const boxed: DetectAnomaliesOptions<Box> = { value: ({ x }) => x, forecaster: () => new LagForecaster() };

describeOperator<Box, Anomaly>('detectAnomalies', {
  operator: () => detectAnomalies(boxed),
  open: () => detectAnomaliesStage(boxed)(),
  sample: fc.record({ x: fc.double({ min: -1e6, max: 1e6, noNaN: true }) }),
  bad: [{ x: Number.NaN }, { x: Number.POSITIVE_INFINITY }],
  tolerant: (onInvalid) => detectAnomalies({ ...boxed, onInvalid }),
  failingStage: (when, error) =>
    detectAnomaliesStage({
      ...boxed,
      value: ({ x }) => {
        if (when()) throw error;
        return x;
      },
    }),
});

it('says at each row what it will hold the next one against', () => {
  const rows = run<Value>(noise(300, 5), lags);
  for (const [i, { forecast, low, high }] of rows.entries()) {
    if (i > 0) expect(rows[i - 1].next).toEqual({ forecast, low, high });
  }
});

describe('a score', () => {
  it('is a number from 0 to 1 whatever comes, for the default forecaster too', { timeout: 20_000 }, () => {
    const wild = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, 1, -1, 1e-300, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, null),
      fc.integer({ min: -3, max: 3 }),
    );
    fc.assert(
      fc.property(fc.array(wild, { maxLength: 300 }), fc.boolean(), (values, plain) => {
        for (const { score, expected, parts } of run(values, plain ? lags : undefined)) {
          expect(score >= 0 && score <= 1).toBe(true);
          expect(expected > 0).toBe(true);
          for (const part of Object.values(parts)) expect(part >= 0 && part <= 1).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('does not depend on the unit or the zero of the values', () => {
    const values = noise(1500, 1);
    values[1200] += 15;
    const here = run(values, { ...lags, resolution: 0 });
    const there = run(
      values.map((value) => 1024 * value),
      { ...lags, resolution: 0 },
    );
    expect(there.map(({ score }) => score)).toEqual(here.map(({ score }) => score));
  });

  it('of an alarm is at least 0.5, and of no other row', () => {
    for (const { score, alarm } of run(noise(5000, 2), lags)) expect(score >= 0.5).toBe(alarm);
  });
});

it('an alarm scores 1/2, 2/3, 4/5 …, as its count is up to 6, 3, 1.5 …', () => {
  const found = run(
    noise(6000, 15).map((value, t) => (t % 700 === 699 ? (3 + t / 700) * value : value)),
    lags,
  ).filter(({ alarm }) => alarm);
  expect(found.length).toBeGreaterThan(5);
  for (const { score, expected } of found) {
    const count = 6 / score - 6;
    const halvings = Math.log2(6 / count);
    expect(halvings).toBeCloseTo(Math.round(halvings), 9);
    expect(expected).toBeLessThanOrEqual(count * (1 + 1e-12));
    expect(expected).toBeGreaterThan((count / 2) * (1 - 1e-12));
  }
});

describe('alarms', () => {
  it('find a spike, and say that the error raised it', () => {
    const values = noise(3000, 3);
    values[2000] += 12;
    const row = run(values, lags)[2000];
    expect(row.alarm).toBe(true);
    expect(row.cause).toBe('error');
    expect(row.parts.error).toBeGreaterThan(row.parts.season ?? 1);
  });

  it('find noise that grows, and say that the spread raised it', () => {
    const values = noise(3000, 4).map((value, t) => (t >= 2000 && t < 2100 ? 2.5 * value : value));
    const found = run(values, { ...lags, parts: ['spread'] });
    const first = alarms(found).find((index) => index > 2000);
    expect(first).toBeLessThan(2060);
    expect(found[(first ?? 0) - 1].cause).toBe('spread');
  });

  it('find an ordinary value at an unusual hour, and say that the season raised it', () => {
    const random = createRandom(5);
    const samples = Array.from({ length: 30 * 48 }, (_, t) => {
      const day = t % 48 >= 16 && t % 48 < 36 ? 10 : 0;
      const asleep = t >= 26 * 48 + 16 && t < 26 * 48 + 36; // a working day on which nobody comes
      return { time: Date.UTC(2024, 0, 1) + t * 1_800_000, value: (asleep ? 0 : day) + 0.5 * random.normal() };
    });
    const found = run(samples, { value: (s) => s.value, time: (s) => s.time, parts: ['season'], cooldown: false });
    const late = alarms(found).filter((index) => index > 26 * 48 + 16 && index <= 26 * 48 + 40);
    expect(late.length).toBeGreaterThan(0);
    expect(found[late[0] - 1].cause).toBe('season');
  });

  it('find a shape that was never seen, in values that were', () => {
    const wave = Array.from({ length: 4000 }, (_, t) => (t % 20 < 10 ? t % 20 : 20 - (t % 20)));
    for (let t = 3000; t < 3008; t++) wave[t] = 5;
    const found = run(wave, { ...lags, parts: ['shape'] });
    expect(alarms(found).some((index) => index > 3000 && index <= 3012)).toBe(true);
  });

  it('do not repeat themselves: a second spike of the same size soon after is below 0.5', () => {
    const values = noise(4000, 6);
    values[3000] += 30;
    values[3060] += 30;
    const found = run(values, lags);
    expect(found[3000].alarm).toBe(true);
    expect(found[3060].score).toBeLessThan(0.5);
    expect(run(values, { ...lags, cooldown: false })[3060].alarm).toBe(true);
  });

  it('are rare where nothing happens: below two in a thousand rows, early and late', { timeout: 20_000 }, () => {
    let early = 0;
    let late = 0;
    for (let seed = 10; seed < 16; seed++) {
      const found = alarms(run(noise(8000, seed), lags)).filter((index) => index > 600);
      early += found.filter((index) => index <= 2600).length;
      late += found.filter((index) => index > 6000).length;
    }
    expect(early / 12_000).toBeLessThan(2e-3);
    expect(late / 12_000).toBeLessThan(2e-3);
  });

  it('are few, and one falls into the labelled window, on the costs of an advertisement', () => {
    const rows = series('exchange-3_cpm_results.csv');
    const found = run(rows, { value: (row) => row.value, time: (row) => row.time });
    const stamps = alarms(found)
      .filter((index) => index > 0.15 * rows.length)
      .map((index) => rows[index - 1].stamp);
    expect(stamps.some((stamp) => stamp >= '2011-08-16 10:15:01' && stamp <= '2011-08-23 00:15:01')).toBe(true);
    expect(stamps.length).toBeLessThanOrEqual(12);
  });
});

describe('the run', () => {
  it('forecasts with an interval that covers', async () => {
    const rows = await lastValueFrom(from(noise(5000, 11)).pipe(detectAnomalies(), toArray()));
    const reported = rows.filter(({ low }) => low !== null);
    const inside = reported.filter(
      ({ value, low, high }) => value !== null && low !== null && high !== null && value >= low && value <= high,
    );
    expect(reported.length).toBeGreaterThan(4990);
    expect(Math.abs(inside.length / reported.length - 0.95)).toBeLessThan(0.01);
    expect(() => JSON.stringify(rows[0])).not.toThrow();
    expect(rows[0]).toMatchObject({ index: 1, forecast: null, low: null, high: null });
  });

  it('is as large after 30,000 rows as after 1,000', () => {
    const size = (length: number) => {
      const stage = detectAnomaliesStage(lags)();
      for (const value of noise(length, 12)) stage.step(value, () => {});
      return JSON.stringify(stage.snapshot?.(), (_, v) => (v instanceof Float64Array ? v.length : v)).length;
    };
    expect(Math.abs(size(30_000) - size(1000))).toBeLessThan(20);
  });

  it('is one per key under keyed: keys do not see each other', async () => {
    const mixed = noise(600, 13).flatMap((value, t) => [
      { key: 'a', value },
      { key: 'b', value: 1000 + (t % 7) },
    ]);
    const rows = await lastValueFrom(
      from(mixed).pipe(
        keyed(
          (sample) => sample.key,
          detectAnomaliesStage<(typeof mixed)[number]>({ ...boxless, value: (s) => s.value }),
        ),
        toArray(),
      ),
    );
    const ofKey = (key: string) => rows.filter((row) => row.key === key).map((row) => row.value);
    const alone = (key: string) =>
      run<Value>(
        mixed.filter((s) => s.key === key).map((s) => s.value),
        lags,
      );
    for (const key of ['a', 'b']) expect(ofKey(key)).toEqual(alone(key));
  });

  it('scores by the anomaly likelihood when asked: 0.5 is a chance of 1e-5', () => {
    const values = noise(4000, 14).map((value, t) => (t >= 3000 && t < 3010 ? 8 * value : value));
    const found = run(values, { ...lags, scoring: 'likelihood' });
    expect(alarms(found).every((index) => index > 3000 && index <= 3020)).toBe(true);
    expect(alarms(found).length).toBeGreaterThan(0);
    for (const { score } of found) expect(score >= 0 && score <= 1).toBe(true);
  });

  it('names the broken rule at the call', () => {
    expect(() => detectAnomalies({ alpha: 0 })).toThrow('alpha must be above 0');
    expect(() => detectAnomalies({ parts: [] })).toThrow('parts must name at least one part');
    expect(() => detectAnomalies({ resolution: -1 })).toThrow('resolution must be a number ≥ 0');
  });
});
