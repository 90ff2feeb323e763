import { describe, expect, it } from 'vitest';
import { EVERYDAY } from '../../src/anomaly/eventPeaks.js';
import { RunTail } from '../../src/anomaly/runTail.js';

/** A tail after runs of these lengths, a row between; then a run of so many rows, and what was expected at each. */
function runs(lengths: readonly number[], last: number): number[] {
  const tail = new RunTail();
  for (const length of lengths) for (let row = 0; row <= length; row++) tail.learn((row + 1) % (length + 1));
  return Array.from({ length: last }, (_, row) => {
    const expected = tail.expected(row + 1);
    tail.learn(row + 1);
    return expected;
  });
}

describe('a run', () => {
  const many = new Array(40).fill(4);

  it('of up to five rows says nothing', () => {
    expect(runs(many, 5)).toEqual(new Array(5).fill(EVERYDAY));
  });

  it('is the rarer the longer it lasts beyond all others, down to 0.1', () => {
    const expected = runs(many, 12);
    expect(expected[7]).toBeLessThan(expected[5]);
    expect(Math.min(...expected)).toBeGreaterThanOrEqual(0.1);
  });

  it('that goes on and on is usual in the end', () => {
    expect(runs(many, 400)[399]).toBeGreaterThan(0.9);
  });

  it('as long as five others is expected as often', () => {
    const expected = runs([...many, 30, 30, 30, 30, 30], 30)[29];
    expect(expected).toBeGreaterThan(4.5);
    expect(expected).toBeLessThan(6);
  });
});
