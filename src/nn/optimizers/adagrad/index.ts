import { optimizers } from '../../../runtime/kernels.generated.js';
import { optimizerMember } from '../member.js';
import { type Optimizer, requireEpsilon, requireRate } from '../optimizer.js';
import { adagradReference } from './reference.js';

export interface AdagradOptions {
  /** Added to the root of the sum of squares, above 0. Default 1e-10. */
  epsilon?: number;
}

/**
 * Adagrad: a ← a + g², p ← p − η·g/(√a + ε). The sum only grows: a long stream learns ever less.
 *
 *     adagrad(0.01)
 *
 * Duchi, Hazan & Singer 2011, jmlr.org/papers/v12/duchi11a.
 *
 * @param rate η, above 0
 * @throws EddyError `invalid-option` on a rate or ε out of range.
 */
export function adagrad(rate: number, { epsilon = 1e-10 }: AdagradOptions = {}): Optimizer {
  requireRate('adagrad', rate);
  requireEpsilon('adagrad', epsilon);
  return { name: 'adagrad', kind: optimizers.adagrad, rate, moments: 1, fields: { c: epsilon } };
}
adagrad.member = optimizerMember({
  name: 'adagrad',
  create: adagrad,
  reference: adagradReference,
  examples: [{}, { epsilon: 0.1 }],
  steady: { epsilon: 0.05 },
});
