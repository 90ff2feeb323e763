import type { OperatorFunction } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import type { OnInvalid } from '../../src/core/onInvalid.js';
import type { Sample } from '../../src/core/sample.js';
import type { OpenStage } from '../../src/core/stage.js';
import { exp, log } from '../../src/math/functions.js';
import { powerStage } from '../shared/powerStage.js';
import { asOperator } from '../streams/asOperator.js';

export interface MelOptions {
  /** Samples a second, above 0. */
  sampleRate: number;
  /** Number of bands, an integer ≥ 1. Default 40. */
  bands?: number;
  /** Lower edge of the first band in Hz. Default 0. */
  from?: number;
  /** Upper edge of the last band in Hz, at most half the sample rate. Default: that. */
  to?: number;
  /** Natural logarithm of the energies, floored at 1e-10. Default true. */
  log?: boolean;
  /** What a bad frame does. Default 'error'. */
  onInvalid?: OnInvalid;
}

/**
 * The energy of each frame in bands that are evenly spaced as the ear hears: log-mel features.
 *
 *     source                             --[512 samples]--[512 samples]--|
 *     mel(512, { sampleRate: 16000 })    --[40 bands]-----[40 bands]-----|
 *
 * Triangles over the power spectrum, their corners evenly spaced in mel = 2595 log₁₀(1 + f/700) (O'Shaughnessy 1987, the HTK
 * form), peak 1, not divided by their area. eddy's own sines and logarithms: the same bits on every host.
 *
 * - Emits:  a Float32Array of `bands` for each frame, the caller's own.
 * - Fails:  on a frame that is not `size` finite numbers, as `onInvalid` says; `invalid-option` at the call on options out of
 *           range, and on a band so narrow that no bin falls into it.
 * - State:  none but the counts of bad frames.
 */
export const mel = (size: number, options: MelOptions): OperatorFunction<Sample, Float32Array> =>
  asOperator(melStage(size, options));

export function melStage(
  size: number,
  { sampleRate, bands = 40, from = 0, to = sampleRate / 2, log: inLog = true, onInvalid = 'error' }: MelOptions,
): () => OpenStage<Sample, Float32Array> {
  // The size is checked first: bands are laid out over it.
  const open = powerStage('mel', size, onInvalid, (power) => {
    const out = new Float32Array(bands);
    weights.forEach(({ first, triangle }, band) => {
      let energy = 0;
      for (let i = 0; i < triangle.length; i++) energy += (triangle[i] ?? 0) * (power[first + i] ?? 0);
      out[band] = inLog ? log(Math.max(energy, 1e-10)) : energy;
    });
    return out;
  });
  const weights = melWeights(size, sampleRate, bands, from, to);
  return open;
}

/** Mel but for its factor 2595, which even spacing does not see. */
const toMel = (hertz: number) => log(1 + hertz / 700);
const toHertz = (mels: number) => 700 * (exp(mels) - 1);

/** One band's triangle over the bins from `first` on. */
interface Band {
  first: number;
  triangle: Float64Array;
}

function melWeights(size: number, sampleRate: number, bands: number, from: number, to: number): Band[] {
  if (!(Number.isFinite(sampleRate) && sampleRate > 0))
    throw badOption(`sampleRate must be above 0, got ${sampleRate}; pass it in Hz`);
  if (!(Number.isInteger(bands) && bands >= 1))
    throw badOption(`bands must be an integer ≥ 1, got ${bands}; leave it out for 40`);
  if (!(from >= 0 && from < to && to <= sampleRate / 2)) {
    throw badOption(
      `0 ≤ from < to ≤ ${sampleRate / 2} Hz (half the sample rate), got ${from} to ${to}; leave them out`,
    );
  }
  const [low, high] = [toMel(from), toMel(to)];
  const corner = (i: number) => toHertz(low + ((high - low) * i) / (bands + 1));
  return Array.from({ length: bands }, (_, band) => {
    const [left, peak, right] = [corner(band), corner(band + 1), corner(band + 2)];
    const first = Math.floor((left * size) / sampleRate) + 1;
    const end = Math.min(Math.ceil((right * size) / sampleRate), size / 2 + 1);
    if (end <= first) {
      const span = `${left.toFixed(1)} to ${right.toFixed(1)} Hz, bins ${(sampleRate / size).toFixed(1)} Hz apart`;
      throw badOption(
        `every band needs a bin of the spectrum, got none for band ${band + 1} of ${bands} (${span}); take fewer bands or longer frames`,
      );
    }
    const triangle = Float64Array.from({ length: end - first }, (_, i) => {
      const hertz = ((first + i) * sampleRate) / size;
      return Math.min((hertz - left) / (peak - left), (right - hertz) / (right - peak));
    });
    return { first, triangle };
  });
}

const badOption = (what: string) => new EddyError('invalid-option', `mel: ${what}`);
