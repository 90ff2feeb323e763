import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`lstm(units)`',
    formula: 'i, f, o = σ(·), g = tanh(·), each of W x_t + U h_{t−1} + b; c_t = f∘c_{t−1} + i∘g; h_t = o∘tanh(c_t)',
    source: 'Hochreiter & Schmidhuber 1997; Gers et al. 2000',
    needs: 'units that are no whole number ≥ 1',
  },
];
