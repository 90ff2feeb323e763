import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVERYDAY, EventPeaks, PEAKS } from '../../src/anomaly/eventPeaks.js';

const QUIET = 13; // rows that part two events

/** Peaks after events of these sizes, each in a row of its own with quiet between; fading is slow beside it. */
function seen(sizes: readonly number[]): EventPeaks {
  const peaks = new EventPeaks();
  for (const size of sizes) {
    peaks.learn(size);
    for (let t = 0; t < QUIET; t++) peaks.learn(0);
  }
  return peaks;
}

describe('the tail of the largest events', () => {
  it.each([1, 2, 3, 5, 8])('what has been seen %i times is expected as often', (times) => {
    const expected = seen([...new Array(PEAKS).fill(1), ...new Array(times).fill(1000)]).expected(1000);
    expect(expected).toBeGreaterThan(0.9 * times); // the oldest have faded by a little
    expect(expected).toBeLessThanOrEqual(times);
  });

  it('beyond all that was seen falls with the cube of the size', () => {
    const peaks = seen([5]);
    expect(peaks.expected(50)).toBeCloseTo(peaks.expected(500) * 1000, 9);
  });

  it('is never more for a larger value, and within its bounds', () => {
    const size = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(size, { maxLength: 30 }), size, size, (sizes, a, b) => {
        const peaks = seen(sizes);
        const more = peaks.expected(Math.min(a, b));
        const less = peaks.expected(Math.max(a, b));
        expect(less).toBeLessThanOrEqual(more * (1 + 1e-12));
        expect(less).toBeGreaterThan(0);
        expect(more).toBeLessThanOrEqual(EVERYDAY);
      }),
    );
  });
});
