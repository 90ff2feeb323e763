import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [
  { call: '`stepDecay(decay, every)`', formula: 'decay^⌊(k − 1)/every⌋', source: "PyTorch's StepLR" },
];
