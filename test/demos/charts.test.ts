import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain } from '../../demos/charts/explain.js';
import { type ForecastRow, ForecastRows } from '../../demos/charts/ForecastRows.js';
import { percent, say } from '../../demos/charts/numbers.js';
import { timeTicks } from '../../demos/charts/timeTicks.js';
import { valueRange } from '../../demos/charts/valueRange.js';
import { windowScore } from '../../demos/charts/windowScore.js';

const row = (index: number, more: Partial<ForecastRow> = {}): ForecastRow => ({
  index,
  time: index,
  value: index,
  forecast: Number.NaN,
  low: Number.NaN,
  high: Number.NaN,
  score: 0,
  ...more,
});

function rowsOf(rows: readonly ForecastRow[]) {
  const kept = new ForecastRows(Math.max(1, rows.length));
  for (const each of rows) kept.append(each);
  return kept.last(rows.length);
}

describe('ForecastRows', () => {
  it('keeps the newest rows, in order, as a list that drops its oldest would', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 60 }),
        fc.nat(12),
        (capacity, count, asked) => {
          const rows = new ForecastRows(capacity);
          const list: number[] = [];
          for (let i = 1; i <= count; i++) {
            rows.append(row(i));
            list.push(i);
            if (list.length > capacity) list.shift();
          }
          expect(rows.length).toBe(list.length);
          expect([...rows.last(asked).value]).toEqual(asked ? list.slice(-asked) : []);
        },
      ),
    );
  });

  it('finds a stretch by its numbers, also where numbers are left out', () => {
    const rows = new ForecastRows(4);
    for (const index of [1, 2, 5, 6, 9, 10]) rows.append(row(index));
    expect([...rows.between(6, 9).index]).toEqual([6, 9]);
    expect([...rows.between(1, 5).index]).toEqual([5]);
    expect([...rows.between(7, 8).index]).toEqual([]);
  });
});

describe('windowScore', () => {
  it('is the skill over the last value: 1 where forecasts are right, 0 where they are the last value', () => {
    const values = [3, 5, 4, 8];
    const right = rowsOf(values.map((value, i) => row(i, { value, forecast: value })));
    const last = rowsOf(values.map((value, i) => row(i, { value, forecast: values[i - 1] ?? Number.NaN })));
    expect(windowScore(right)).toMatchObject({ skill: 1, error: 0, lastValueError: 7 / 3 });
    expect(windowScore(last).skill).toBe(0);
  });

  it('leaves out rows that miss a number', () => {
    const rows = [2, Number.NaN, 4, 6].map((value, i) => row(i, { value, forecast: 5, low: 3, high: 5 }));
    expect(windowScore(rowsOf(rows))).toMatchObject({ error: 1, lastValueError: 2, covered: 0.5 });
  });
});

describe('valueRange', () => {
  it('shows all values and forecasts', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 }), (values) => {
        const rows = rowsOf(values.map((value, i) => row(i, { value, forecast: -value })));
        const [from, to] = valueRange(rows);
        for (const value of values) expect(from <= -Math.abs(value) && to >= Math.abs(value)).toBe(true);
      }),
    );
  });

  it('lets no wide band press the values flat', () => {
    const [from, to] = valueRange(rowsOf([1, 2, 3].map((value) => row(value, { low: -1e6, high: 1e6 }))));
    expect(to - from).toBeLessThan(6);
  });

  it('stands still while the rows fill most of what was shown, and follows when they leave it', () => {
    const shown = valueRange(rowsOf([row(0), row(10)]));
    expect(valueRange(rowsOf([row(1), row(10)]), shown)).toEqual(shown);
    expect(valueRange(rowsOf([row(0), row(100)]), shown)[1]).toBeGreaterThan(100);
  });
});

describe('timeTicks', () => {
  const times = (count: number, step: number) =>
    Float64Array.from({ length: count }, (_, i) => new Date(2026, 0, 5, 22, 10).getTime() + i * step);

  it('stand at midnights and are named by the day, where days are shown', () => {
    const halfHours = times(300, 1.8e6);
    const { places, labels } = timeTicks(halfHours, 9);
    expect(labels).toEqual(['6 Jan', '7 Jan', '8 Jan', '9 Jan', '10 Jan', '11 Jan', '12 Jan']);
    for (const place of places)
      expect(new Date(halfHours[place]).getHours() * 60 + new Date(halfHours[place]).getMinutes()).toBeLessThan(30);
  });

  it('stand at round times of the day, and tell where another day begins', () => {
    expect(timeTicks(times(300, 6e4), 6).labels).toEqual(['23:00', '6 Jan', '01:00', '02:00', '03:00']);
    expect(timeTicks(times(300, 100), 4).labels).toEqual(['22:10:00', '22:10:10', '22:10:20']);
  });

  it('are never more than asked for and one, and never two at a row', () => {
    const gaps = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 12 }), (gaps, most) => {
        let time = 1.7e12;
        const { places, labels } = timeTicks(
          Float64Array.from(gaps, (gap) => (time += gap)),
          most,
        );
        expect(places.length).toBeLessThanOrEqual(most + 1);
        expect(new Set(places).size).toBe(places.length);
        expect(labels).toHaveLength(places.length);
      }),
    );
  });
});

describe('words', () => {
  it('say why a row is an anomaly', () => {
    expect(explain({ value: 9, forecast: 5, low: 4, high: 6, cause: 'error' })).toBe(
      'The forecast was wrong by far more than usual. Actual 9, forecast 5; 3 above the interval of 4 to 6.',
    );
    expect(explain({ value: 3.5, forecast: 5, low: 4, high: 6, cause: 'season' })).toContain('0.5 below the interval');
    expect(explain({ value: Number.NaN, forecast: 5, low: 4, high: 6, cause: 'gap' })).toBe(
      'Expected rows are missing.',
    );
  });

  it('say numbers briefly, and nothing where there is none', () => {
    expect([12345.6, 0.123456, 0.00001234, -2].map(say)).toEqual(['12,346', '0.1235', '1.2e-5', '-2']);
    expect([say(null), say(Number.NaN), percent(Number.NaN)]).toEqual(['–', '–', '–']);
  });
});
