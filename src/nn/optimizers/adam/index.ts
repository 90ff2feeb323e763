import { optimizers } from '../../../runtime/kernels.generated.js';
import { optimizerMember } from '../member.js';
import { type Optimizer, requireEpsilon, requireRange, requireRate } from '../optimizer.js';
import { adamReference } from './reference.js';

export interface AdamOptions {
  /** Decay of the first moment, from 0 to below 1. Default 0.9. */
  beta1?: number;
  /** Decay of the second moment, from 0 to below 1. Default 0.999. */
  beta2?: number;
  /** Added to the root of the second moment, above 0. Default 1e-8. */
  epsilon?: number;
}

/**
 * Adam: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← p − η·(m/(1−β₁ᵏ)) / (√(v/(1−β₂ᵏ)) + ε), k the number of the update.
 *
 *     adam(1e-3)
 *
 * Kingma & Ba 2015, arXiv:1412.6980.
 *
 * @param rate η, above 0
 * @throws EddyError `invalid-option` on a rate, β or ε out of range.
 */
export function adam(rate: number, { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {}): Optimizer {
  requireRate('adam', rate);
  requireRange('adam', 'beta1', beta1, 0, 1);
  requireRange('adam', 'beta2', beta2, 0, 1);
  requireEpsilon('adam', epsilon);
  return {
    name: 'adam',
    kind: optimizers.adam,
    rate,
    moments: 2,
    fields: { a: beta1, b: beta2, c: epsilon },
    corrected: [beta1, beta2],
  };
}
adam.member = optimizerMember({
  name: 'adam',
  create: adam,
  reference: adamReference,
  examples: [{}, { beta1: 0.5, beta2: 0.9, epsilon: 1e-3 }, { beta1: 0, beta2: 0 }],
  steady: { epsilon: 0.05 },
});
