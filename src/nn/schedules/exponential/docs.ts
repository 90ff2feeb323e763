import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`exponential(decay, { every, floor })`',
    formula: 'max(floor, decay^((k − 1)/every))',
    source: "PyTorch's ExponentialLR",
  },
];
