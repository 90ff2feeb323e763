import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`rmsprop(η, { decay: α, momentum: μ, epsilon })`',
    formula: 'v ← αv + (1−α)g², u ← μu + g/(√v + ε), p ← p − ηu',
    source: 'Tieleman & Hinton 2012',
  },
];
