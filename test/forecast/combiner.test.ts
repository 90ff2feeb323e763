import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.js';
import { Combiner } from '../../src/forecast/combiner.js';

const share = (combiner: Combiner, weighted: number, predictions: number[]) =>
  combiner.mix(0, weighted, Float64Array.from(predictions), 0);

/** Teaches it `rows` targets of noise, that the judge and the two on the bench miss by so many deviations of their own. */
function taught(misses: readonly [exponentialWeights: number, first: number, second: number], rows = 2000): Combiner {
  const random = createRandom(3);
  const combiner = new Combiner(1, [0, 1]);
  for (let t = 0; t < rows; t++) {
    const target = random.normal();
    const [weighted, first, second] = misses.map((miss) => target + miss * random.normal());
    combiner.learn(0, weighted, Float64Array.of(first, second), 0, target, 1, 1);
  }
  return combiner;
}

describe('the arbiter', () => {
  it('begins with the judge’s word alone', () => {
    expect(share(new Combiner(1, [0, 1]), 7, [1, 2])).toBe(7);
  });

  it('leaves the judge for an expert that is better in the long run, and stays with one that is worse', () => {
    expect(share(taught([1, 0.5, 2]), 0, [1, 0])).toBeGreaterThan(0.99);
    expect(share(taught([0.5, 1, 2]), 1, [0, 0])).toBeGreaterThan(0.99);
  });

  it('takes the mean of what is alike', () => {
    const alike = taught([1, 1, 5]);
    expect(share(alike, 1, [0, 0])).toBeGreaterThan(0.4);
    expect(share(alike, 0, [1, 0])).toBeGreaterThan(0.1);
    expect(share(alike, 1, [1, 1])).toBeCloseTo(1, 12);
  });

  it('gives finite weights whatever came, and is not decided for ever by one row', () => {
    const combiner = taught([0.5, 1, 2], 1000);
    combiner.learn(0, 1e300, Float64Array.of(0, 0), 0, 0, 1, 1);
    expect(Number.isFinite(share(combiner, 1, [1, 1]))).toBe(true);
    const random = createRandom(5);
    for (let t = 0; t < 30_000; t++) {
      const target = random.normal();
      const near = () => target + 0.5 * random.normal();
      combiner.learn(0, near(), Float64Array.of(target + random.normal(), target + 2), 0, target, 1, 1);
    }
    expect(share(combiner, 1, [0, 0])).toBeGreaterThan(0.99);
  });
});
