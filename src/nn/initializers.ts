import { EddyError } from '../core/errors.js';
import type { Random } from '../core/random.js';

/**
 * `count` weights, evenly from ±√(6 / (fanIn + fanOut)), which keeps the variance of signals and gradients alike through a layer
 * (Glorot & Bengio 2010, equation 16).
 *
 *     glorotUniform(createRandom(7), 4, 32, 32 * 4);   // one gate's weight_ih, [32, 4]
 */
export function glorotUniform(random: Random, fanIn: number, fanOut: number, count: number): Float64Array {
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  return Float64Array.from({ length: count }, () => (2 * random.uniform() - 1) * limit);
}

/**
 * A random orthogonal n × n matrix, row-major, drawn evenly from all of them: a normal matrix made orthonormal row by row. Its
 * singular values are all 1, so that a recurrent step neither shrinks nor stretches a gradient at the start (Saxe et al. 2013).
 * A layer takes one for each gate's H × H block.
 *
 *     orthogonal(createRandom(7), 32);   // one gate's weight_hh, [32, 32]
 *
 * Fails with `invalid-option` if n is not a positive whole number.
 */
export function orthogonal(random: Random, n: number): Float64Array {
  if (!Number.isInteger(n) || n < 1) {
    throw new EddyError('invalid-option', `orthogonal: n must be a positive whole number, got ${n}`);
  }
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = matrix.subarray(i * n, (i + 1) * n);
    // A row that lies almost in the span of those before it keeps too few digits: draw another.
    do {
      for (let j = 0; j < n; j++) row[j] = random.normal();
      // Gram & Schmidt; the second pass takes away what rounding left (Giraud et al. 2005: twice is enough).
      for (let pass = 0; pass < 2; pass++) {
        for (let k = 0; k < i; k++) project(row, matrix.subarray(k * n, (k + 1) * n));
      }
    } while (dot(row, row) < 1e-6);
    const norm = Math.sqrt(dot(row, row));
    for (let j = 0; j < n; j++) row[j] /= norm;
  }
  return matrix;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, j) => sum + value * b[j], 0);
}

/** Takes from `row` what it has along the unit vector. */
function project(row: Float64Array, unit: Float64Array): void {
  const along = dot(row, unit);
  unit.forEach((value, j) => {
    row[j] -= along * value;
  });
}
