import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`bce`',
    formula: '−Σ (p ln y + (1−p) ln(1−y))/n, from the logits',
    source: '',
    needs: 'a sigmoid readout; a target outside 0 … 1',
  },
];
