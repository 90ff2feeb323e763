import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`dense(units, { activation })`',
    formula: "y = φ(W h + b), φ `'linear'` (default), `'sigmoid'`, `'softmax'`: the `output` of a model",
    source: '',
    needs: 'another activation',
  },
];
