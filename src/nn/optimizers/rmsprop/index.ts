import { optimizers } from '../../../runtime/kernels.generated.js';
import { optimizerMember } from '../member.js';
import { type Optimizer, requireEpsilon, requireRange, requireRate } from '../optimizer.js';
import { rmspropReference } from './reference.js';

export interface RmspropOptions {
  /** α, the decay of the second moment, from 0 to below 1. Default 0.99. */
  decay?: number;
  /** μ, from 0 to below 1. Default 0. */
  momentum?: number;
  /** Added to the root of the second moment, above 0. Default 1e-8. */
  epsilon?: number;
}

/**
 * RMSProp: v ← αv + (1−α)g², u ← μu + g/(√v + ε), p ← p − η·u.
 *
 *     rmsprop(1e-3, { momentum: 0.9 })
 *
 * Tieleman & Hinton 2012, Coursera lecture 6.5.
 *
 * @param rate η, above 0
 * @throws EddyError `invalid-option` on a rate, decay, momentum or ε out of range.
 */
export function rmsprop(rate: number, { decay = 0.99, momentum = 0, epsilon = 1e-8 }: RmspropOptions = {}): Optimizer {
  requireRate('rmsprop', rate);
  requireRange('rmsprop', 'decay', decay, 0, 1);
  requireRange('rmsprop', 'momentum', momentum, 0, 1);
  requireEpsilon('rmsprop', epsilon);
  return {
    name: 'rmsprop',
    kind: optimizers.rmsprop,
    rate,
    moments: momentum > 0 ? 2 : 1,
    fields: { a: decay, b: momentum, c: epsilon },
  };
}
rmsprop.member = optimizerMember({
  name: 'rmsprop',
  create: rmsprop,
  reference: rmspropReference,
  examples: [{}, { decay: 0.9, momentum: 0.8, epsilon: 1e-3 }],
  steady: { epsilon: 0.05, momentum: 0.5 },
});
