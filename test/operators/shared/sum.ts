import { type OnInvalid, SampleReader } from '../../../src/core/onInvalid.js';
import type { Snapshot, Stage } from '../../../src/core/stage.js';

export interface SumOptions {
  onInvalid?: OnInvalid;
  /** A user's callback. */
  weigh?: (x: number) => number;
  /** Sums alive, as heap bytes would be. */
  log?: { live: number };
}

/** A running sum that says its value every second sample, and once more at the end: small, but it has all a stage has. */
export function openSum({ onInvalid, weigh = (x) => x, log = { live: 0 } }: SumOptions = {}): Stage<number, number> {
  const reader = new SampleReader('sum', 1, onInvalid);
  const slot = new Float64Array(1);
  let sum = 0;
  let seen = 0;
  let open = true;
  log.live++;
  return {
    step(sample, emit) {
      if (!open) throw new Error('stepped after dispose');
      if (reader.read(sample, slot, 0) === 'skipped') return;
      sum += weigh(slot[0] ?? 0);
      if (++seen % 2 === 0) emit(sum);
    },
    complete: (emit) => emit(sum),
    snapshot: () => ({ reader: reader.snapshot(), sum, seen }),
    restore(from: Snapshot) {
      reader.restore(from.reader);
      sum = Number(from.sum);
      seen = Number(from.seen);
    },
    dispose() {
      if (open) log.live--;
      open = false;
    },
  };
}
