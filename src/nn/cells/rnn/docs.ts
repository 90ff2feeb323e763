import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`rnn(units, { activation })`',
    formula: "h_t = φ(W x_t + U h_{t−1} + b), φ `'tanh'` (default), `'relu'`, `'sigmoid'`",
    source: 'Elman 1990',
    needs: 'another activation',
  },
];
