import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`pinball(τ, …)`',
    formula: 'Σ max(τe, (τ−1)e)/n',
    source: 'Koenker & Bassett 1978',
    needs: 'one output a quantile, τ between 0 and 1',
  },
];
