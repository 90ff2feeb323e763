import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawing, RiverAdwin, RiverKswin, RiverPageHinkley } from '../../../scripts/anomalies/riverDrift.mjs';
import { createRandom, type Random } from '../../../src/core/random.js';
import { Adwin } from '../../../src/drift/adwin.js';
import { Kswin } from '../../../src/drift/kswin.js';
import { PageHinkley } from '../../../src/drift/pageHinkley.js';
import { pythonRandom } from './mersenneTwister.js';
import { exampleStream, ratesStream, turnsStream, wideningStream } from './riverStreams.js';

const found = (detector: { step(value: number): boolean }, values: readonly number[]) =>
  values.flatMap((value, index) => (detector.step(value) ? [index] : []));

/** Streams that change at random rows in mean and spread, of numbers or of few values that are often equal. */
const streams = fc
  .record({ seed: fc.nat(), cuts: fc.array(fc.nat({ max: 900 }), { maxLength: 4 }), coarse: fc.boolean() })
  .map(({ seed, cuts, coarse }) => {
    const random = createRandom(seed);
    return Array.from({ length: 900 }, (_, t) => {
      const changes = cuts.filter((cut) => cut <= t).length;
      const value = changes + (1 + (changes % 2)) * random.normal();
      return coarse ? Math.round(value) : value;
    });
  });

// Printed by River: the examples in its documentation (riverml.xyz, api/drift), tests/drift/test_drift_detectors.py and
// river/drift/test_adwin_regression.py (github.com/online-ml/river at 26f467f and 3430070).
const PRINTED = {
  adwin: { example: [1023], widening: [1023], turns: [1023, 2015, 3007] },
  pageHinkley: { example: [1006], up: [588, 1681], down: [1172], both: [588, 1097, 1585] },
  kswin: { example: [1016], widening: [1042] },
};

describe('River’s rules, written anew for measuring, alarm where River prints that it does', () => {
  it('ADWIN', () => {
    expect(found(new RiverAdwin(), exampleStream())).toEqual(PRINTED.adwin.example);
    expect(found(new RiverAdwin(), wideningStream())).toEqual(PRINTED.adwin.widening);
    expect(found(new RiverAdwin(), turnsStream())).toEqual(PRINTED.adwin.turns);
  });

  it('Page–Hinkley', () => {
    expect(found(new RiverPageHinkley(), exampleStream())).toEqual(PRINTED.pageHinkley.example);
    for (const mode of ['up', 'down', 'both'] as const) {
      expect(found(new RiverPageHinkley({ mode }), ratesStream())).toEqual(PRINTED.pageHinkley[mode]);
    }
  });

  it('KSWIN, with Python’s own draws', () => {
    const open = () => drawing(pythonRandom(42).below);
    expect(found(new RiverKswin({ alpha: 0.0001, open }), exampleStream())).toEqual(PRINTED.kswin.example);
    expect(found(new RiverKswin({ alpha: 0.0001, window: 200, sample: 100, open }), wideningStream())).toEqual(
      PRINTED.kswin.widening,
    );
  });
});

describe('ADWIN', () => {
  it('finds each change that River prints, no later, and nothing else', () => {
    const pairs = [
      [found(new Adwin(), exampleStream()), PRINTED.adwin.example],
      [found(new Adwin(), wideningStream()), PRINTED.adwin.widening],
      [found(new Adwin(), turnsStream()), PRINTED.adwin.turns],
    ];
    for (const [own, printed] of pairs) {
      expect(own).toHaveLength(printed.length);
      own.forEach((at, i) => {
        expect(at).toBeGreaterThanOrEqual(1000 * (i + 1));
        expect(at).toBeLessThanOrEqual(printed[i]);
      });
    }
  });
});

describe('Page–Hinkley', () => {
  it('alarms at the rows that River prints', () => {
    expect(found(new PageHinkley(), exampleStream())).toEqual(PRINTED.pageHinkley.example);
    for (const direction of ['up', 'down', 'both'] as const) {
      expect(found(new PageHinkley({ direction }), ratesStream())).toEqual(PRINTED.pageHinkley[direction]);
    }
  });

  it('alarms at the same rows of any stream', () => {
    fc.assert(
      fc.property(streams, fc.constantFrom('up', 'down', 'both'), (values, direction) => {
        expect(found(new PageHinkley({ direction, threshold: 20 }), values)).toEqual(
          found(new RiverPageHinkley({ mode: direction, threshold: 20 }), values),
        );
      }),
    );
  });
});

describe('KSWIN', () => {
  it('alarms at the rows that River prints, or one later as the draws fall', () => {
    for (const seed of [1, 2, 3]) {
      const at = found(new Kswin({ alpha: 0.0001, seed }), exampleStream());
      expect(at).toHaveLength(1);
      expect(at[0]).toBeGreaterThanOrEqual(1000);
      expect(at[0]).toBeLessThanOrEqual(1017);
    }
    expect(found(new Kswin({ window: 200, sample: 100 }), wideningStream())).toEqual(PRINTED.kswin.widening);
  });

  it('is River’s rule: with the same draws it alarms at the same rows of any stream', () => {
    /** Draws as eddy does, by a generator that goes on after an alarm. */
    const drawingAsEddy = (random: Random) => (pool: Uint32Array, k: number) => {
      for (let i = 0; i < k; i++) {
        const j = i + random.integer(pool.length - i);
        [pool[i], pool[j]] = [pool[j], pool[i]];
      }
      pool.reverse();
    };
    const options = fc.constantFrom({}, { window: 60 }, { window: 150, sample: 20 }, { window: 90, sample: 45 });
    let alarms = 0;
    fc.assert(
      fc.property(streams, options, fc.constantFrom(0.05, 0.005, 0.0001), fc.nat(), (values, sizes, alpha, seed) => {
        const draw = drawingAsEddy(createRandom(seed));
        const own = found(new Kswin({ ...sizes, alpha, seed }), values);
        expect(own).toEqual(found(new RiverKswin({ ...sizes, alpha, open: () => draw }), values));
        alarms += own.length;
      }),
    );
    expect(alarms).toBeGreaterThan(100);
  });
});
