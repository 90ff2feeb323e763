import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`crossEntropy`',
    formula: '−ln y_k, or −Σ p_k ln y_k, from the logits',
    source: '',
    needs: 'a softmax readout over 2 or more; a target that is no class',
  },
];
