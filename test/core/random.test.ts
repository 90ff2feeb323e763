import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EddyError } from '../../src/core/errors.js';
import { createRandom } from '../../src/core/random.js';
import { glorotUniform, orthogonal } from '../../src/nn/initializers.js';

const seeds = fc.maxSafeNat();
const draw = (count: number, next: () => number) => Array.from({ length: count }, next);

describe('createRandom', () => {
  it('is sfc32 as its author defines it: a + b + counter out, shifts 9, 3, 21', () => {
    const random = createRandom(0);
    random.restore({ a: 1, b: 2, c: 3, counter: 4 });
    // By hand from the definition: sum = 7; a = 2 ^ (2 >> 9) = 2; b = 3 + 24 = 27; c = rotl(3, 21) + 7.
    expect(random.integer(2 ** 32)).toBe(7);
    expect(random.snapshot()).toEqual({ a: 2, b: 27, c: 3 * 2 ** 21 + 7, counter: 5 });
  });

  it('gives equal numbers for equal seeds and others for other seeds', () => {
    fc.assert(
      fc.property(seeds, seeds, (one, other) => {
        const first = draw(4, createRandom(one).uniform);
        expect(draw(4, createRandom(one).uniform)).toEqual(first);
        if (one !== other) expect(draw(4, createRandom(other).uniform)).not.toEqual(first);
      }),
    );
  });

  it('goes on bit for bit from a snapshot, which stays as it was', () => {
    fc.assert(
      fc.property(seeds, fc.nat(20), (seed, skipped) => {
        const random = createRandom(seed);
        draw(skipped, random.normal);
        const snapshot = random.snapshot();
        const rest = draw(5, random.normal);
        const other = createRandom(1);
        other.restore(snapshot);
        expect(draw(5, other.normal)).toEqual(rest);
      }),
    );
  });

  it('has the moments of the uniform and the normal distribution', () => {
    const n = 100_000;
    const random = createRandom(3);
    const u = draw(n, random.uniform);
    const z = draw(n, random.normal);
    const moment = (xs: number[], power: number) => xs.reduce((sum, x) => sum + x ** power, 0) / n;
    expect(u.every((x) => x >= 0 && x < 1)).toBe(true);
    // Five standard errors each.
    expect(Math.abs(moment(u, 1) - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(moment(u, 2) - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / n));
    expect(Math.abs(moment(z, 1))).toBeLessThan(5 * Math.sqrt(1 / n));
    expect(Math.abs(moment(z, 2) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(moment(z, 4) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
    expect(z.filter((x) => Math.abs(x) < 1).length / n).toBeCloseTo(0.6827, 2);
  });

  it('draws whole numbers evenly', () => {
    const random = createRandom(11);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) {
      const k = random.integer(7);
      counts[k] += 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(10_000));
  });

  it('refuses what it cannot honour', () => {
    for (const seed of [-1, 0.5, NaN, 2 ** 53]) expect(() => createRandom(seed)).toThrow(EddyError);
    for (const n of [0, 1.5, -3, 2 ** 33]) expect(() => createRandom(1).integer(n)).toThrow(EddyError);
    expect(() => createRandom(1).restore({ a: 1 })).toThrow(EddyError);
  });
});

describe('initializers', () => {
  it.each([1, 2, 5, 32, 64])('orthogonal(%i) has orthonormal rows and columns to 1e-12', (n) => {
    const q = orthogonal(createRandom(n), n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let rows = 0;
        let columns = 0;
        for (let k = 0; k < n; k++) {
          rows += q[i * n + k] * q[j * n + k];
          columns += q[k * n + i] * q[k * n + j];
        }
        expect(Math.abs(rows - (i === j ? 1 : 0))).toBeLessThan(1e-12);
        expect(Math.abs(columns - (i === j ? 1 : 0))).toBeLessThan(1e-12);
      }
    }
  });

  it('glorotUniform fills ±√(6 / (fanIn + fanOut)) evenly', () => {
    const limit = Math.sqrt(6 / 40);
    const w = glorotUniform(createRandom(5), 8, 32, 20_000);
    expect(w).toHaveLength(20_000);
    expect(w.every((x) => Math.abs(x) <= limit)).toBe(true);
    expect(w.reduce((sum, x) => sum + x * x, 0) / w.length).toBeCloseTo(2 / 40, 2);
  });

  it('equal seeds, equal bits', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 8 }), (seed, n) => {
        expect(orthogonal(createRandom(seed), n)).toEqual(orthogonal(createRandom(seed), n));
        expect(glorotUniform(createRandom(seed), n, n, n)).toEqual(glorotUniform(createRandom(seed), n, n, n));
      }),
    );
  });

  it('refuses a size that is not a positive whole number', () => {
    for (const n of [0, -1, 2.5]) expect(() => orthogonal(createRandom(1), n)).toThrow(EddyError);
  });
});
