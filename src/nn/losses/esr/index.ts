import { EddyError } from '../../../core/errors.js';
import { losses } from '../../../runtime/kernels.generated.js';
import type { Loss, LossMember } from '../loss.js';
import { esrReference, esrWindowReference } from './reference.js';

const member: LossMember = {
  name: 'esr',
  create: ([preEmphasis, dc, floor]) => esr({ preEmphasis, dc, floor }),
  example: { parameters: [0.75, 0.5, 0.125], outputs: 3, activation: 'linear', targets: 'numbers' },
};

export interface EsrOptions {
  /** a of the pre-emphasis filter 1 − a z⁻¹, from 0 (none) to below 1. Default 0.85. */
  readonly preEmphasis?: number;
  /** Weight of the DC term, ≥ 0. Default 1. */
  readonly dc?: number;
  /** Energy a sample that is added to the signal's, above 0: what silence is worth. Default 1e-6, a signal at −60 dB. */
  readonly floor?: number;
}

/**
 * Error-to-signal ratio of a window of a signal, the field's loss for amplifiers and pedals: with e = ŷ − y, and p, q the errors and
 * targets after the filter 1 − a z⁻¹,
 *
 *     ℓ = Σ p² / Σ (q² + floor) + dc · (Σ e)² / (n Σ (y² + floor))
 *
 * over the n samples of a row's window that have a target, each output a channel with a DC term of its own; of several rows, their mean.
 * The filter starts settled: the first sample of a window, or after a gap, counts as if it had always stood there (the authors'
 * code starts from zeros, which gives it the weight of a click). Of one sample, ℓ is that of a window of one.
 *
 *     createModel({ input: 1, layers: [lstm(32)], output: dense(1), skip: true });
 *     createLearner(model, { loss: esr(), k1: 64, k2: 128, … });   learner.step(dry, wet);
 *
 * Fails with `invalid-option` for numbers out of these ranges.
 *
 * Wright, Damskägg & Välimäki 2019, "Real-time black-box modelling with recurrent neural networks"; Wright et al. 2020, doi
 * 10.3390/app10030766.
 */
export function esr({ preEmphasis = 0.85, dc = 1, floor = 1e-6 }: EsrOptions = {}): Loss {
  const wrong = (rule: string, got: number, remedy: string) =>
    new EddyError('invalid-option', `esr: ${rule}, got ${got}; ${remedy}`);
  if (!(preEmphasis >= 0 && preEmphasis < 1)) {
    throw wrong('preEmphasis must be from 0 to below 1', preEmphasis, 'leave it out for 0.85');
  }
  if (!(dc >= 0 && dc < Number.POSITIVE_INFINITY)) throw wrong('dc must be a number ≥ 0', dc, '0 leaves the term out');
  if (!(floor > 0 && floor < Number.POSITIVE_INFINITY)) {
    throw wrong('floor must be a number above 0', floor, 'leave it out for 1e-6');
  }
  return {
    name: member.name,
    kind: losses.esr,
    fused: false,
    alongTime: true,
    parameters: [preEmphasis, dc, floor],
    reference: (read, target) => esrReference(read, target, [preEmphasis, dc, floor]),
    referenceOfWindow: (outputs, targets) => esrWindowReference(outputs, targets, [preEmphasis, dc, floor]),
    targetWidth: (outputs) => outputs,
  };
}
esr.member = member;
