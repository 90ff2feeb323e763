import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`esr(…)`',
    formula: 'Σp²/Σ(q² + floor) + dc (Σe)²/(nΣ(y² + floor)) of a window, p and q after 1 − a z⁻¹',
    source: 'Wright et al. 2019',
    needs: 'a signal; one value of the whole window, not a mean of samples',
  },
];
