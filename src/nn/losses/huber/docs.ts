import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`huber(δ)`',
    formula: 'Σ ½e²/n where \\|e\\| ≤ δ, beyond it δ(\\|e\\| − ½δ)',
    source: 'Huber 1964',
    needs: 'δ above 0',
  },
];
