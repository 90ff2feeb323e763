import type { DocsRow } from '../../../core/docsRow.js';

export const docs: readonly DocsRow[] = [{ call: '`constant(factor)`', formula: 'factor', source: '' }];
