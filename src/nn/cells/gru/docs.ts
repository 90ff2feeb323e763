import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`gru(units)`',
    formula: 'r, z = σ(W x_t + U h_{t−1} + b); n = tanh(W x_t + b + r∘(U h_{t−1} + b′)); h_t = z∘h_{t−1} + (1−z)∘n',
    source: "Cho et al. 2014, in PyTorch's and cuDNN's form",
    needs: 'the same',
  },
  {
    call: '`gru(units, { resetAfter: false })`',
    formula: 'n = tanh(W x_t + b + U(r∘h_{t−1}) + b′)',
    source: 'Cho et al. 2014 (z and 1 − z change places there)',
    needs: 'the same',
  },
];
