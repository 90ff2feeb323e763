import { type AdamReferenceOptions, type AdamState, adamReference } from '../adam/reference.js';
import type { OptimizerReference } from '../reference.js';

export interface AdamwReferenceOptions extends AdamReferenceOptions {
  /** λ, default 0.01. */
  weightDecay?: number;
}

/** p ← p − lr λ p, then Adam's step with the gradient as it came (Loshchilov & Hutter 2017). */
export const adamwReference: OptimizerReference<AdamwReferenceOptions, AdamState> = {
  start: adamReference.start,
  step(p, g, state, { weightDecay = 0.01, ...adam }) {
    const decayed = p.map((pi) => pi - adam.lr * weightDecay * pi);
    return adamReference.step(decayed, g, state, adam);
  },
};
