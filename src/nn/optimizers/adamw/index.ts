import { optimizers } from '../../../runtime/kernels.generated.js';
import { type AdamOptions, adam } from '../adam/index.js';
import { optimizerMember } from '../member.js';
import { type Optimizer, requireRange, requireRate } from '../optimizer.js';
import { adamwReference } from './reference.js';

export interface AdamwOptions extends AdamOptions {
  /** λ, the part of a weight that an update takes away for each unit of η; ≥ 0. Default 0.01. */
  weightDecay?: number;
}

/**
 * AdamW: p ← p − ηλp, then Adam's step with the gradient as it came, so that the decay is not scaled by the moments.
 *
 *     adamw(1e-3, { weightDecay: 0.05 })
 *
 * Loshchilov & Hutter 2019, arXiv:1711.05101.
 *
 * @param rate η, above 0
 * @throws EddyError `invalid-option` on a rate, β, ε or λ out of range.
 */
export function adamw(rate: number, { weightDecay = 0.01, ...moments }: AdamwOptions = {}): Optimizer {
  requireRate('adamw', rate);
  requireRange('adamw', 'weightDecay', weightDecay, 0, Number.POSITIVE_INFINITY);
  const rule = adam(rate, moments);
  return { ...rule, name: 'adamw', kind: optimizers.adamw, fields: { ...rule.fields, decay: weightDecay } };
}
adamw.member = optimizerMember({
  name: 'adamw',
  create: adamw,
  reference: adamwReference,
  examples: [{}, { weightDecay: 0.5 }],
  steady: { epsilon: 0.05, weightDecay: 0.1 },
});
