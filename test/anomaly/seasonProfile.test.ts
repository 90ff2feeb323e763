import { expect, it } from 'vitest';
import { SeasonProfile } from '../../src/anomaly/seasonProfile.js';

const MONDAY = Date.UTC(2024, 0, 1);
const HOUR = 3_600_000;

/** Weeks from a Monday on: how far each hour of each day is from what is usual. `value` of day 0 … and hour 0 … 23. */
function weeks(count: number, value: (day: number, hour: number) => number): number[][] {
  const profile = new SeasonProfile();
  return Array.from({ length: 7 * count }, (_, day) =>
    Array.from({ length: 24 }, (__, hour) =>
      profile.residual(value(day, hour), MONDAY + (24 * day + hour) * HOUR, Number.NaN),
    ),
  );
}

it('the first weekend is held against the days before it', () => {
  expect(weeks(1, (_, hour) => hour)[5]).toEqual(new Array(24).fill(0));
  expect(weeks(1, (day, hour) => (day < 5 ? hour : 0))[5]).toEqual(Array.from({ length: 24 }, (_, hour) => 0 - hour));
});

it('what a weekend shows of its own is soon usual there, and never on a weekday', () => {
  const far = weeks(4, (day) => (day % 7 > 4 ? 0 : 10)).flatMap((hours, day) => {
    if (day % 7 > 4) return [-hours[8]];
    if (day > 0) expect(hours).toEqual(new Array(24).fill(0));
    return [];
  });
  expect(far[0]).toBe(10);
  for (let i = 1; i < far.length; i++) expect(far[i]).toBeLessThan(far[i - 1]);
  expect(far[7]).toBeLessThan(5);
});
