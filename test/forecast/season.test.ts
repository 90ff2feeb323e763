import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.js';
import { findSeasons } from '../../src/forecast/season.js';
import { SeasonFinder } from '../../src/forecast/seasonFinder.js';
import { calendarSeasons } from '../../src/stats/calendar.js';
import { Clock } from '../../src/stats/clock.js';
import { History } from '../../src/stats/history.js';

const noisy = (rows: number, period: number, noise: number, seed: number) => {
  const random = createRandom(seed);
  const phase = random.uniform();
  const shape = Float64Array.from({ length: period }, (_, t) => {
    const angle = 2 * Math.PI * (t / period + phase);
    return Math.sin(angle) + 0.5 * Math.sin(2 * angle + 7 * phase);
  });
  return Float64Array.from({ length: rows }, (_, t) => shape[t % period] + noise * random.normal() + 0.01 * t);
};

describe('findSeasons', () => {
  it('finds the period of a noisy season on a trend', () =>
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 60 }), fc.nat(1000), (period, seed) => {
        expect(findSeasons([noisy(period * 12, period, 0.3, seed)])[0]).toBe(period);
      }),
      { numRuns: 40 },
    ));

  it('tells a week from its days', () => {
    const random = createRandom(3);
    const series = Float64Array.from({ length: 24 * 7 * 8 }, (_, t) => {
      const hour = Math.sin((2 * Math.PI * t) / 24);
      const day = Math.floor(t / 24) % 7;
      return (day >= 5 ? 0.4 : 1) * hour + 0.1 * random.normal();
    });
    expect(findSeasons([series])).toEqual([24, 168]);
  });

  it('finds none in noise, in a random walk, in a constant, in a series too short', () => {
    for (let seed = 0; seed < 10; seed++) {
      const random = createRandom(seed);
      expect(findSeasons([Float64Array.from({ length: 512 }, () => random.normal())])).toEqual([0, 0]);
    }
    expect(findSeasons([new Float64Array(500).fill(0.1)])).toEqual([0, 0]);
    expect(findSeasons([noisy(50, 20, 0, 1)])).toEqual([0, 0]);
    expect(findSeasons([new Float64Array(1)])).toEqual([0, 0]);
    expect(findSeasons([])).toEqual([0, 0]);
  });
});

describe('SeasonFinder', () => {
  it('lets what is given stand, also none, whatever timestamps and data say', () => {
    for (const given of [
      [0, 0],
      [7, 0],
    ] as const) {
      const clock = new Clock();
      const history = new History(1, 64);
      const finder = new SeasonFinder(history, clock, given);
      for (let t = 0; t < 300; t++) {
        history.push(Float64Array.of(t % 24));
        expect(finder.step(t * 3_600_000)).toBe(false);
      }
      expect([clock.short, clock.long]).toEqual(given);
    }
  });
});

describe('Clock', () => {
  it('knows the seasons of usual steps', () => {
    const minute = 60_000;
    const day = 1440 * minute;
    expect(calendarSeasons(30 * minute)).toEqual([48, 336]);
    expect(calendarSeasons(60 * minute)).toEqual([24, 168]);
    expect(calendarSeasons(5 * minute)).toEqual([288, 2016]);
    expect(calendarSeasons(day)).toEqual([7, 365]);
    expect(calendarSeasons(7 * day)).toEqual([52, 0]);
    expect(calendarSeasons(30 * day)).toEqual([12, 0]);
    expect(calendarSeasons(1000)).toEqual([0, 0]);
  });

  it('learns the step from timestamps, a missing row and a duplicate among them', () => {
    const clock = new Clock();
    const start = Date.UTC(2024, 0, 1);
    const times = [0, 1, 2, 2, 3, 5, 6, 7, 8, 9, 10].map((hours) => start + hours * 3_600_000);
    const known = times.map((time) => clock.tick(time));
    expect(known.filter(Boolean)).toHaveLength(1);
    expect([clock.short, clock.long, clock.slots]).toEqual([24, 168, 72]);
    // 10 o'clock on a Monday; 14 hours on it is midnight on Tuesday, five days on a Saturday.
    expect(clock.slot(0)).toBe(10);
    expect(clock.slot(14)).toBe(0);
    expect(clock.slot(5 * 24)).toBe(24 + 10);
    expect(clock.slot(6 * 24)).toBe(48 + 10);
  });

  it('knows each day of the year, leap years and centuries among them', () => {
    const day = 86_400_000;
    const out = new Float64Array(7);
    for (const [year, month] of [
      [1900, 1],
      [1949, 11],
      [1970, 0],
      [2000, 2],
      [2024, 1],
      [2100, 11],
    ]) {
      const clock = new Clock();
      const start = Date.UTC(year, month, 1);
      for (let t = 0; t < 12; t++) clock.tick(start + t * day);
      clock.features(out, 0);
      const now = start + 11 * day;
      const phase = (now - Date.UTC(year, 0, 1)) / (Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1));
      expect(out[4]).toBeCloseTo(Math.sin(2 * Math.PI * phase), 9);
      expect(out[5]).toBeCloseTo(Math.cos(2 * Math.PI * phase), 9);
    }
  });

  it('counts months as months', () => {
    const clock = new Clock();
    for (let month = 0; month < 14; month++) clock.tick(Date.UTC(2001, month, 1));
    expect(clock.short).toBe(12);
    expect(clock.slot(0)).toBe(1);
    expect(clock.slot(11)).toBe(0);
  });
});
