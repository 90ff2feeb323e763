import fc from 'fast-check';
import type { LearnOptions } from '../../../operators/networks/learn.js';
import type { LearnStep } from '../../../src/index.js';
import { describeOperator } from '../shared/laws.js';
import { bad, createAgain, heap, learnAgain, type Pair, target, taught } from './learnAgain.js';

const forms: [string, LearnOptions<Pair>][] = [
  ['learn, an update a sample', { ...taught, k1: 1, k2: 4, target }],
  ['learn, three samples ahead', { ...taught, k1: 2, k2: 3, target, horizon: 3 }],
  ['learn, in windows that are not run twice', { ...taught, k1: 4, k2: 4, target, horizon: 1 }],
  ['learn, whole sequences', { ...taught, k1: Infinity, k2: Infinity, maxSteps: 40, target, horizon: 1 }],
];
for (const [name, options] of forms) {
  describeOperator<Pair, LearnStep>(name, {
    operator: () => learnAgain(options),
    open: () => createAgain(options),
    sample: fc.tuple(fc.float({ noNaN: true, min: -2, max: 2 }), fc.float({ noNaN: true, min: -2, max: 2 })),
    bad,
    without: { tolerant: 'hold: a held sample’s target is missing, which no source of good samples can say; below' },
    failing: (when, error) =>
      learnAgain({
        ...options,
        target: (x) => {
          if (when()) throw error;
          return x[0];
        },
      }),
    inUse: () => heap.bytesInUse,
    runs: 12,
  });
}
