import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { perMac } from '../../bench/counts.mjs';

const counted = perMac(readFileSync(new URL('../../build/eddy.wat', import.meta.url), 'utf8'));

// Bounds by the blocking: K = 7 columns a row share one splat (8/7 loads), 2 rows × 4 columns share 4 weights and 2 splats (6/8).
const bounds = {
  'one row forward': { loads: 8 / 7, stores: 0 },
  'two rows forward': { loads: 6 / 8, stores: 0 },
  'one row back': { loads: 1, stores: 1 / 7 },
  'one row back, later panels': { loads: 8 / 7, stores: 1 / 7 },
  'weight gradient': { loads: 6 / 8, stores: 0 },
};

describe('the inner loops of the products', () => {
  it.each(Object.entries(bounds))('%s: one multiply and one add, no load too many', (product, { loads, stores }) => {
    const found = counted.find((row) => row.product === product);
    expect(found?.adds).toBeCloseTo(1, 10);
    expect(found?.loads).toBeLessThanOrEqual(loads + 1e-9);
    expect(found?.stores).toBeLessThanOrEqual(stores + 1e-9);
    // Beside them, an iteration counts two pointers on and tests its end.
    expect(found?.all).toBeLessThan(4);
  });
});
