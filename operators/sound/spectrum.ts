import type { OperatorFunction } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import type { OnInvalid } from '../../src/core/onInvalid.js';
import type { Sample } from '../../src/core/sample.js';
import type { OpenStage } from '../../src/core/stage.js';
import { powerStage } from '../shared/powerStage.js';
import { asOperator } from '../streams/asOperator.js';

export interface SpectrumOptions {
  /** 'magnitude' |X_k| (default) or 'power' |X_k|². */
  as?: 'magnitude' | 'power';
  /** What a bad frame does. Default 'error'. */
  onInvalid?: OnInvalid;
}

/**
 * The one-sided Fourier spectrum of each frame.
 *
 *     source           --[1 1 1 1]--[1 -1 1 -1]--|
 *     spectrum(4)      --[4 0 0]----[0 0 4]------|
 *
 * Bin k stands for k · sampleRate / size; X_k = Σ x_n e^(−2πikn/size) is not normalised. The twiddle factors are eddy's own,
 * so the bits are the same on every host.
 *
 * - Emits:  a Float32Array of size/2 + 1 for each frame, the caller's own.
 * - Fails:  on a frame that is not `size` finite numbers, as `onInvalid` says; `invalid-option` at the call when the size is
 *           not a power of two.
 * - State:  none but the counts of bad frames.
 */
export const spectrum = (size: number, options?: SpectrumOptions): OperatorFunction<Sample, Float32Array> =>
  asOperator(spectrumStage(size, options));

export function spectrumStage(
  size: number,
  { as = 'magnitude', onInvalid = 'error' }: SpectrumOptions = {},
): () => OpenStage<Sample, Float32Array> {
  if (as !== 'magnitude' && as !== 'power') {
    throw new EddyError('invalid-option', `spectrum: as must be 'magnitude' or 'power', got ${as}; leave it out`);
  }
  return powerStage('spectrum', size, onInvalid, (power) =>
    Float32Array.from(power, as === 'power' ? undefined : Math.sqrt),
  );
}
