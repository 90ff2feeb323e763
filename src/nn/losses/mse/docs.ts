import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [{ call: '`mse`', formula: 'Σ (y − ŷ)²/n', source: '' }];
