import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [{ call: '`mae`', formula: 'Σ \\|y − ŷ\\|/n', source: '' }];
