import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`adam(η, { beta1, beta2, epsilon })`',
    formula: 'm ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← p − η·(m/(1−β₁ᵏ)) / (√(v/(1−β₂ᵏ)) + ε)',
    source: 'Kingma & Ba 2015',
  },
];
