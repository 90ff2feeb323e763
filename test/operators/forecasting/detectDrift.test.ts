import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Drift, detectDrift, detectDriftStage } from '../../../operators/forecasting/detectDrift.js';
import { createRandom } from '../../../src/core/random.js';
import { Adwin } from '../../../src/drift/adwin.js';
import type { DriftDetector } from '../../../src/drift/driftDetector.js';
import { criticalDistance, Kswin } from '../../../src/drift/kswin.js';
import { PageHinkley } from '../../../src/drift/pageHinkley.js';
import { describeOperator } from '../shared/laws.js';

const detectors: [string, () => DriftDetector][] = [
  ['Adwin', () => new Adwin()],
  ['PageHinkley', () => new PageHinkley()],
  ['Kswin', () => new Kswin()],
];
const found = (detector: DriftDetector, values: readonly number[]) =>
  values.flatMap((value, index) => (detector.step(value) ? [index] : []));

describeOperator<number, Drift>('detectDrift', {
  operator: () => detectDrift(),
  open: () => detectDriftStage<number>()(),
  sample: fc.double({ min: 0, max: 1, noNaN: true }),
  bad: [Number.NaN, Number.NEGATIVE_INFINITY],
  tolerant: (onInvalid) => detectDrift({ onInvalid }),
  failingStage: (when, error) =>
    detectDriftStage({
      value: (x) => {
        if (when()) throw error;
        return x;
      },
    }),
});

/** Errors at a rate that goes from 0.2 to `to`, from row 2,000 to row 2,000 + `over`. */
const rates = (seed: number, to: number, over: number, length = 6000): number[] => {
  const random = createRandom(seed);
  return Array.from({ length }, (_, t) => {
    const share = over === 0 ? Number(t >= 2000) : Math.max(0, Math.min(1, (t - 2000) / over));
    return random.uniform() < 0.2 + share * (to - 0.2) ? 1 : 0;
  });
};
const delays = (open: () => DriftDetector, to: number, over: number) =>
  Array.from(
    { length: 20 },
    (_, seed) => found(open(), rates(seed, to, over)).find((at) => at >= 2000) ?? Number.POSITIVE_INFINITY,
  )
    .map((at) => at - 2000)
    .sort((a, b) => a - b);

describe('ADWIN', () => {
  it('finds an abrupt change once', () => {
    const alarms = Array.from({ length: 20 }, (_, seed) => found(new Adwin(), rates(seed, 0.5, 0)).length);
    expect(alarms).toEqual(new Array(20).fill(1));
  });

  it('finds an abrupt change within 200 rows, a gradual one before it is over', () => {
    expect(delays(() => new Adwin(), 0.5, 0)[19]).toBeLessThanOrEqual(200);
    expect(delays(() => new Adwin(), 0.5, 1000)[19]).toBeLessThanOrEqual(1000);
  });

  it('raises fewer false alarms than delta allows, in 200,000 rows without change', () => {
    expect(found(new Adwin(), rates(77, 0.2, 0, 200_000))).toHaveLength(0);
  });

  it('knows the mean of its window: all rows without a change, the new ones after it', () => {
    const values = rates(3, 0.9, 0);
    const adwin = new Adwin();
    for (const value of values.slice(0, 1900)) adwin.step(value);
    expect(adwin.width).toBe(1900);
    expect(adwin.mean).toBeCloseTo(values.slice(0, 1900).reduce((a, b) => a + b, 0) / 1900, 12);
    for (const value of values.slice(1900)) adwin.step(value);
    expect(adwin.mean).toBeCloseTo(0.9, 1);
    expect(adwin.width).toBeLessThan(4200);
  });
});

describe('KSWIN', () => {
  it('tests at the exact level: P(D ≥ k/n) by counting all ways to merge two samples', () => {
    // n = 4: of the C(8, 4) = 70 ways, 2 have D = 4/4, and 2 · C(8, 1) = 16 have D ≥ 3/4.
    expect(criticalDistance(4, 2 / 70)).toBe(4);
    expect(criticalDistance(4, 16 / 70)).toBe(3);
    expect(criticalDistance(4, 1 / 70)).toBe(5);
  });

  it('finds a change of spread alone', () => {
    const random = createRandom(4);
    const values = Array.from({ length: 2000 }, (_, t) => random.normal() * (t < 1000 ? 1 : 10));
    const first = found(new Kswin({ alpha: 0.005 }), values).find((at) => at >= 1000);
    expect(first).toBeLessThan(1100);
  });
});

it.each(detectors)('%s finds a change after values of another size, up to the greatest numbers', (_, open) => {
  const level = (value: number) => new Array(128).fill(value);
  const turning = (value: number) => level(value).map((v, t) => (t % 2 ? -v : v));
  const greatest = Number.MAX_VALUE;
  for (const before of [...[1e3, 1e6, 1e9, 1e100, 1e200, greatest].map(level), turning(1e200), turning(greatest)]) {
    const at = found(open(), [...before, ...rates(5, 0.9, 0)]).map((row) => row - before.length - 2000);
    expect(at.some((delay) => delay >= 0 && delay <= 200)).toBe(true);
  }
});

it.each(detectors)('%s goes on bit for bit from a snapshot, and refuses a foreign one', (_, open) => {
  fc.assert(
    fc.property(fc.nat({ max: 2999 }), fc.nat({ max: 100 }), (cut, seed) => {
      const values = rates(seed, 0.9, 100, 3000);
      const whole = found(open(), values);
      const first = open();
      const early = found(first, values.slice(0, cut));
      const second = open();
      second.restore(first.snapshot());
      expect([...early, ...found(second, values.slice(cut)).map((at) => at + cut)]).toEqual(whole);
    }),
    { numRuns: 10 },
  );
  expect(() => open().restore({})).toThrow('snapshot');
});

it('a broken option fails at the call', () => {
  expect(() => detectDrift({ detector: () => new Adwin({ delta: 2 }) })).toThrow(
    'adwin: delta must be above 0 and below 1',
  );
  expect(() => new Kswin({ window: 40 })).toThrow('window must be an integer of at least two samples (60), got 40');
  expect(() => new PageHinkley({ threshold: -1 })).toThrow('threshold must be above 0');
  // What a caller in plain JavaScript may hand in.
  const loose: (options: object) => unknown = detectDrift;
  expect(() => loose({ detector: new Adwin() })).toThrow('detector must be a function that gives step, snapshot');
  expect(() => loose({ detector: () => undefined })).toThrow('got a function that gives undefined');
  expect(() => loose({ value: 'error' })).toThrow('value must be a function of the sample, got error');
});
