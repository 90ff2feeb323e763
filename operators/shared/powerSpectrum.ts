import FFT from 'fft.js';
import { EddyError } from '../../src/core/errors.js';
import { cos, sin } from '../../src/math/functions.js';

/**
 * The one-sided power spectrum |X_k|² of a real frame, k = 0 … size/2, with X_k = Σ x_n e^(−2πikn/size), not normalised.
 * The FFT is fft.js (radix 4); its twiddle factors are replaced by our own sines, so that every host computes the same bits.
 *
 * @throws EddyError `invalid-option` when the size is not a power of two ≥ 2.
 */
export function createPowerSpectrum(size: number, where: string): (frame: Float32Array, power: Float64Array) => void {
  if (!(Number.isInteger(size) && size >= 2 && (size & (size - 1)) === 0)) {
    throw new EddyError(
      'invalid-option',
      `${where}: size must be a power of two ≥ 2, got ${size}; frame with the next power of two`,
    );
  }
  const fft = new FFT(size);
  for (let i = 0; i < size; i++) {
    const angle = (2 * Math.PI * i) / size;
    fft.table[2 * i] = cos(angle);
    fft.table[2 * i + 1] = -sin(angle);
  }
  const spectrum = fft.createComplexArray();
  return (frame, power) => {
    fft.realTransform(spectrum, frame);
    for (let k = 0; k <= size / 2; k++) {
      const re = Number(spectrum[2 * k]);
      const im = Number(spectrum[2 * k + 1]);
      power[k] = re * re + im * im;
    }
  };
}
