import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asOperator } from '../../operators/asOperator.js';
import { type OnInvalid, SampleReader } from '../../src/onInvalid.js';
import type { Snapshot, Stage } from '../../src/stage.js';
import { describeOperator } from './laws.js';

let live = 0;

/** A running sum that says its value every second sample, and once more at the end: small, but it has everything. */
function openSum(onInvalid: OnInvalid = 'error', weigh: (x: number) => number = (x) => x): Stage<number, number> {
  const reader = new SampleReader('sum', 1, onInvalid);
  const slot = new Float64Array(1);
  let sum = 0;
  let seen = 0;
  let open = true;
  live++;
  return {
    step(sample, emit) {
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
      if (open) live--;
      open = false;
    },
  };
}

describeOperator('a sum', {
  operator: () => asOperator(() => openSum()),
  open: () => openSum(),
  sample: fc.integer({ min: -1000, max: 1000 }),
  bad: [Number.NaN, Number.POSITIVE_INFINITY],
  tolerant: (onInvalid) => asOperator(() => openSum(onInvalid)),
  failing: (when, error) =>
    asOperator(() =>
      openSum('error', (x) => {
        if (when()) throw error;
        return x;
      }),
    ),
  inUse: () => live,
});

describe('the laws', () => {
  it('are kept by something', () => expect(live).toBe(0));
});
