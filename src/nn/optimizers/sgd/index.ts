import { EddyError } from '../../../core/errors.js';
import { optimizers } from '../../../runtime/kernels.generated.js';
import { optimizerMember } from '../member.js';
import { type Optimizer, requireRange, requireRate } from '../optimizer.js';
import { sgdReference } from './reference.js';

export interface SgdOptions {
  /** μ, from 0 to below 1. Default 0. */
  momentum?: number;
  /** Looks ahead along the momentum, which must be above 0. Default false. */
  nesterov?: boolean;
  /** λ ≥ 0, an L2 penalty: it joins the gradient, after clipping. Default 0. */
  weightDecay?: number;
}

/**
 * Stochastic gradient descent as PyTorch defines it: g ← g + λp, v ← μv + g, p ← p − η·v; Nesterov: p ← p − η(g + μv).
 *
 *     sgd(0.01, { momentum: 0.9 })
 *
 * Sutskever, Martens, Dahl & Hinton 2013, proceedings.mlr.press/v28/sutskever13.
 *
 * @param rate η, above 0
 * @throws EddyError `invalid-option` on a rate, momentum or weight decay out of range, or Nesterov's form without momentum.
 */
export function sgd(rate: number, { momentum = 0, nesterov = false, weightDecay = 0 }: SgdOptions = {}): Optimizer {
  requireRate('sgd', rate);
  requireRange('sgd', 'momentum', momentum, 0, 1);
  requireRange('sgd', 'weightDecay', weightDecay, 0, Number.POSITIVE_INFINITY);
  if (nesterov && momentum === 0) {
    throw new EddyError('invalid-option', 'sgd: nesterov must have a momentum above 0, got 0; try 0.9');
  }
  return {
    name: 'sgd',
    kind: optimizers.sgd,
    rate,
    moments: momentum > 0 ? 1 : 0,
    fields: { a: momentum, decay: weightDecay, nesterov: nesterov ? 1 : 0 },
  };
}
sgd.member = optimizerMember({
  name: 'sgd',
  create: sgd,
  reference: sgdReference,
  examples: [{}, { momentum: 0.9 }, { weightDecay: 0.1 }, { momentum: 0.9, nesterov: true, weightDecay: 0.1 }],
  steady: { momentum: 0.8, nesterov: true, weightDecay: 0.01 },
});
