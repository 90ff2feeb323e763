import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`adagrad(η, { epsilon })`',
    formula: 'a ← a + g², p ← p − ηg/(√a + ε)',
    source: 'Duchi, Hazan & Singer 2011',
  },
];
