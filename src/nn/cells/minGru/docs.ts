import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`minGru(units)`',
    formula: 'z = σ(W_z x_t + b_z), n = W_n x_t + b_n; h_t = (1−z)∘h_{t−1} + z∘n; no U, one bias',
    source: 'Feng et al. 2024, arXiv:2410.01201',
    needs: 'the same',
  },
];
