import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`gaussianNll`',
    formula: 'Σ ½(s + (y − m)² e^−s)/n, the first half of the outputs m, the second half s',
    source: 'Nix & Weigend 1994',
    needs: 'an even number of linear outputs',
  },
];
