import { exp, log1p, sigmoid } from '../../../math/functions.js';
import { elementsOf, type LossResult, meanOverPresent, type ReferenceTarget } from '../reference.js';

/**
 * Mean of −y ln σ(a) − (1 − y) ln(1 − σ(a)) = max(a, 0) − a y + ln(1 + e^−|a|), from the logits a; y from 0 to 1 (PyTorch's
 * BCEWithLogitsLoss).
 */
export function bceReference(logits: number[], target: ReferenceTarget): LossResult | undefined {
  return meanOverPresent(logits, elementsOf(target), (a, y) => [
    Math.max(a, 0) - a * y + log1p(exp(-Math.abs(a))),
    sigmoid(a) - y,
  ]);
}
