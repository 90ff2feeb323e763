import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`warmUp(updates, then)`',
    formula: 'k/updates, then `then` from its own k = 1',
    source: 'Goyal et al. 2017',
  },
];
