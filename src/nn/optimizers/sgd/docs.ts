import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`sgd(η, { momentum: μ, nesterov, weightDecay: λ })`',
    formula: 'g ← g + λp, v ← μv + g, p ← p − ηv; Nesterov: p ← p − η(g + μv)',
    source: 'Sutskever et al. 2013',
  },
];
