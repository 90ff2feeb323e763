import { optimizers } from '../../runtime/kernels.generated.js';
import { type Optimizer, requireRange, requireRate } from '../optimizer.js';

/**
 * Stochastic gradient descent as PyTorch defines it: g ← g + λp, v ← μv + g, p ← p − η·v; Nesterov: p ← p − η(g + μv).
 *
 *     sgd(0.01, { momentum: 0.9 })
 *
 * Sutskever, Martens, Dahl & Hinton 2013, proceedings.mlr.press/v28/sutskever13.
 *
 * @param rate η, above 0
 * @throws EddyError `invalid-option` on a rate, momentum (from 0 to below 1) or weight decay (≥ 0) out of range.
 */
export function sgd(
  rate: number,
  {
    momentum = 0,
    nesterov = false,
    weightDecay = 0,
  }: { momentum?: number; nesterov?: boolean; weightDecay?: number } = {},
): Optimizer {
  requireRate('sgd', rate);
  requireRange('sgd', 'momentum', momentum, 0, 1);
  requireRange('sgd', 'weightDecay', weightDecay, 0, Number.POSITIVE_INFINITY);
  return {
    name: 'sgd',
    kind: optimizers.sgd,
    rate,
    moments: momentum > 0 ? 1 : 0,
    fields: { a: momentum, decay: weightDecay, nesterov: nesterov ? 1 : 0 },
  };
}
