import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`cosine(updates, { floor })`',
    formula: 'floor + (1 − floor) · ½(1 + cos(π(k − 1)/updates)), floor after it',
    source: 'Loshchilov & Hutter 2017',
  },
];
