import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Drift, detectDrift, detectDriftStage } from '../../operators/detectDrift.js';
import { Adwin } from '../../src/online/drift/adwin.js';
import type { DriftDetector } from '../../src/online/drift/driftDetector.js';
import { criticalDistance, Kswin } from '../../src/online/drift/kswin.js';
import { PageHinkley } from '../../src/online/drift/pageHinkley.js';
import { openRandom } from '../../src/random.js';
import { describeOperator } from './laws.js';
import { riverStream, riverTestStream } from './riverStream.js';

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

describe('on the stream of the examples in the documentation of River (riverml.xyz, api/drift)', () => {
  // The example's 1,000 zeros and ones, then 1,000 of 4 … 7. Printed there: ADWIN 1023, PageHinkley 1006, KSWIN (alpha 0.0001) 1016.
  it('ADWIN finds the one change no later, and nothing else', () => {
    const at = found(new Adwin(), riverStream());
    expect(at).toHaveLength(1);
    expect(at[0]).toBeGreaterThanOrEqual(1000);
    expect(at[0]).toBeLessThanOrEqual(1023);
  });

  it('Page–Hinkley too', () => expect(found(new PageHinkley(), riverStream())).toEqual([1006]));

  it.each([1, 2, 3])('KSWIN too, drawing with seed %i', (seed) => {
    const at = found(new Kswin({ alpha: 0.0001, seed }), riverStream());
    expect(at).toHaveLength(1);
    expect(at[0]).toBeGreaterThanOrEqual(1000);
    expect(at[0]).toBeLessThanOrEqual(1017); // a draw of 30 of 70 decides by one row
  });
});

describe('on the stream of River’s own tests (river/drift/test_drift_detectors.py)', () => {
  // Asserted there: ADWIN 1055; KSWIN (alpha 0.0001, window 200, sample 100) 1042; Page–Hinkley, which watches rises alone, 1020 and 1991.
  it('ADWIN finds the change earlier, and once', () => {
    const at = found(new Adwin(), riverTestStream());
    expect(at).toHaveLength(1);
    expect(at[0]).toBeGreaterThanOrEqual(1000);
    expect(at[0]).toBeLessThanOrEqual(1055);
  });

  it('KSWIN finds it at the same row, and once', () => {
    expect(found(new Kswin({ window: 200, sample: 100 }), riverTestStream())).toEqual([1042]);
  });

  it('Page–Hinkley at the same row, and no other before the last few', () => {
    const at = found(new PageHinkley({ direction: 'up' }), riverTestStream());
    expect(at[0]).toBe(1020);
    expect(at[1]).toBeGreaterThan(1980);
  });
});

/** Errors at a rate that goes from 0.2 to `to`, from row 2,000 to row 2,000 + `over`. */
const rates = (seed: number, to: number, over: number, length = 6000): number[] => {
  const random = openRandom(seed);
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
    const random = openRandom(4);
    const values = Array.from({ length: 2000 }, (_, t) => random.normal() * (t < 1000 ? 1 : 10));
    const first = found(new Kswin({ alpha: 0.005 }), values).find((at) => at >= 1000);
    expect(first).toBeLessThan(1100);
  });
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
});
