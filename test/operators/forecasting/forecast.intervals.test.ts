import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type Forecast,
  type ForecastOptions,
  forecast,
  forecastStage,
} from '../../../operators/forecasting/forecast.js';

const csv = readFileSync(new URL('../../../data/nab/nyc_taxi.csv', import.meta.url), 'utf8');
const taxi = csv
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => Number(line.split(',')[1]));

function run<In extends number | number[]>(rows: readonly In[], options: ForecastOptions<In>): Forecast[] {
  const stage = forecastStage<In>({ networks: 0, ...options })();
  const out: Forecast[] = [];
  for (const row of rows) stage.step(row, (step) => out.push(step));
  stage.dispose();
  return out;
}

describe('forecast with intervals', () => {
  const horizon = 6;
  const steps = run(taxi, { horizon, season: [48, 336], intervals: { alpha: 0.1 } });

  it.each([1, 2, 3, 6])('covers what it promises, %i rows ahead, on the taxi series', (ahead) => {
    const i = ahead - 1;
    const misses = steps.slice(0, -ahead).map(({ low, high }, t) => {
      const value = taxi[t + ahead];
      return value < (low?.[i] ?? Number.NaN) || value > (high?.[i] ?? Number.NaN) ? 1 : 0;
    });
    const share = (from: number, length: number) =>
      misses.slice(from, from + length).reduce((sum: number, miss) => sum + miss, 0) / length;
    for (let from = 1000; from + 1000 <= misses.length; from++) {
      expect(Math.abs(share(from, 1000) - 0.1)).toBeLessThanOrEqual(0.025);
    }
    expect(Math.abs(share(1000, misses.length - 1000) - 0.1)).toBeLessThanOrEqual(0.01);
  });

  it('has the forecast in the middle of each, and no end before a forecast was tried', () => {
    for (const { forecast: middle, low = [], high = [] } of steps.slice(horizon)) {
      for (const [i, value] of middle.entries())
        expect(((low[i] ?? Number.NaN) + (high[i] ?? Number.NaN)) / 2).toBeCloseTo(value, 6);
    }
    expect(steps[0].low).toEqual(new Array(horizon).fill(null));
    expect(steps[5].high?.[5]).toBeNull();
  });

  it('changes no forecast, and without the option has no ends', () => {
    const plain = run(taxi.slice(0, 500), { horizon, season: [48, 336] });
    expect(plain.map((step) => step.forecast)).toEqual(steps.slice(0, 500).map((step) => step.forecast));
    expect(plain.every((step) => !('low' in step))).toBe(true);
  });

  it('keeps channels apart, and a gap scores nothing', () => {
    const rows = taxi.slice(0, 800).map((value, t) => [t % 50 === 7 ? Number.NaN : value / 1000, 1e6 - value]);
    const last = run(rows, { horizon: 2, intervals: {} })[799];
    const width = (i: number) => (last.high?.[i] ?? 0) - (last.low?.[i] ?? 0);
    expect(width(1) / width(0)).toBeGreaterThan(300);
    expect([...(last.low ?? []), ...(last.high ?? [])].every(Number.isFinite)).toBe(true);
  });

  it('goes on bit for bit from a snapshot', () => {
    const open = forecastStage<number>({ networks: 0, horizon, season: [48, 336], intervals: { alpha: 0.1 } });
    const first = open();
    for (const value of taxi.slice(0, 700)) first.step(value, () => {});
    const second = open();
    second.restore?.(first.snapshot?.() ?? {});
    const out: Forecast[] = [];
    for (const value of taxi.slice(700, 900)) second.step(value, (step) => out.push(step));
    expect(out).toEqual(steps.slice(700, 900));
    const without = forecastStage<number>({ networks: 0, horizon, season: [48, 336] })();
    for (const value of taxi.slice(0, 20)) without.step(value, () => {});
    expect(() => open().restore?.(without.snapshot?.() ?? {})).toThrow("the record 'intervals'");
  });

  it('fails at the call on a broken option', () => {
    expect(() => forecast({ intervals: { alpha: 1 } })).toThrow('intervals: alpha must be above 0 and below 1, got 1');
  });
});
