import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  {
    call: '`adamw(η, { weightDecay: λ, … })`',
    formula: "p ← p − ηλp, then Adam's step",
    source: 'Loshchilov & Hutter 2019',
  },
];
