import fc from 'fast-check';
import { asOperator } from '../../../operators/streams/asOperator.js';
import { describeOperator } from '../shared/laws.js';
import { openSum } from '../shared/sum.js';

const log = { live: 0 };

describeOperator('asOperator', {
  operator: () => asOperator(() => openSum({ log })),
  open: () => openSum({ log }),
  sample: fc.integer({ min: -1000, max: 1000 }),
  bad: [Number.NaN, Number.POSITIVE_INFINITY],
  tolerant: (onInvalid) => asOperator(() => openSum({ log, onInvalid })),
  failing: (when, error) =>
    asOperator(() =>
      openSum({
        log,
        weigh: (x) => {
          if (when()) throw error;
          return x;
        },
      }),
    ),
  inUse: () => log.live,
});
