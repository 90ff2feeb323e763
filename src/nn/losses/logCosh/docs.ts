import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  { call: '`logCosh`', formula: 'Σ ln cosh(y − ŷ)/n', source: 'Saleh & Saleh 2022, arXiv:2208.04564' },
];
