import { checkOnInvalid, type OnInvalid, SampleReader } from '../../src/core/onInvalid.js';
import type { Sample } from '../../src/core/sample.js';
import { disposing, type OpenStage } from '../../src/core/stage.js';
import { createPowerSpectrum } from './powerSpectrum.js';

/**
 * The stage of an operator that says of each frame what its power spectrum shows. Options are checked at the call.
 *
 * @throws EddyError `invalid-option`
 */
export function powerStage(
  where: string,
  size: number,
  onInvalid: OnInvalid,
  read: (power: Float64Array) => Float32Array,
): () => OpenStage<Sample, Float32Array> {
  createPowerSpectrum(size, where);
  checkOnInvalid(onInvalid, where);
  return () => {
    const reader = new SampleReader(where, size, onInvalid);
    const transform = createPowerSpectrum(size, where);
    const frame = new Float32Array(size);
    const power = new Float64Array(size / 2 + 1);
    return {
      step(sample, emit) {
        if (reader.read(sample, frame, 0) === 'skipped') return;
        transform(frame, power);
        emit(read(power));
      },
      snapshot: () => ({ reader: reader.snapshot() }),
      restore: (from) => reader.restore(from.reader),
      ...disposing(),
    };
  };
}
