import { exp, log } from '../../../math/functions.js';
import { elementsOf, isPresent, type LossResult, type ReferenceTarget } from '../reference.js';

/**
 * −Σ p_k ln softmax(a)_k from the logits a, with ln softmax(a)_k = a_k − max a − ln Σ e^{a_j − max a} (PyTorch's CrossEntropyLoss).
 * The target is a class index, or a distribution p over the classes; either is one target: present as a whole or missing.
 */
export function crossEntropyReference(logits: number[], target: ReferenceTarget): LossResult | undefined {
  const given = elementsOf(target);
  if (!given.every(isPresent)) return undefined;
  const p = given.length === 1 ? logits.map((_, k) => (k === given[0] ? 1 : 0)) : given;
  const largest = Math.max(...logits);
  const logSum = log(logits.reduce((sum, a) => sum + exp(a - largest), 0));
  const logSoftmax = logits.map((a) => a - largest - logSum);
  const mass = p.reduce((sum, pk) => sum + pk, 0);
  return {
    loss: p.reduce((sum, pk, k) => sum - pk * logSoftmax[k], 0),
    gradient: logSoftmax.map((l, k) => mass * exp(l) - p[k]),
  };
}
