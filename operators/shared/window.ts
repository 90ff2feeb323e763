import { EddyError } from '../../src/core/errors.js';
import { cos } from '../../src/math/functions.js';

/** The windows by name, or the weights themselves. */
export type Window = 'rectangular' | 'hann' | 'hamming' | 'blackman' | readonly number[] | Float32Array | Float64Array;

/** a₀ − a₁ cos φ + a₂ cos 2φ. Harris 1978, Proc. IEEE 66(1), table 1 (there the names, here the usual rounded coefficients). */
const COSINES: Record<string, readonly [number, number, number]> = {
  rectangular: [1, 0, 0],
  hann: [0.5, 0.5, 0],
  hamming: [0.54, 0.46, 0],
  blackman: [0.42, 0.5, 0.08],
};

/**
 * The weights of a window of `size` samples. Periodic (φ = 2πi/size), as spectra want it: the symmetric form for filter
 * design would repeat its first value at the end. The same bits on every host.
 */
export function windowWeights(window: Window, size: number, where: string): Float64Array {
  if (typeof window !== 'string') {
    if (window.length !== size || !Array.prototype.every.call(window, Number.isFinite)) {
      throw new EddyError(
        'invalid-option',
        `${where}: window must have ${size} finite weights, got ${window.length} numbers; or name one: ${Object.keys(COSINES).join(', ')}`,
      );
    }
    return Float64Array.from(window);
  }
  const terms = Object.hasOwn(COSINES, window) ? COSINES[window] : undefined;
  if (terms === undefined) {
    throw new EddyError(
      'invalid-option',
      `${where}: window must be one of ${Object.keys(COSINES).join(', ')}, got ${window}; or pass the weights themselves`,
    );
  }
  const [a0, a1, a2] = terms;
  return Float64Array.from({ length: size }, (_, i) => {
    const phi = (2 * Math.PI * i) / size;
    return a0 - a1 * cos(phi) + a2 * cos(2 * phi);
  });
}
