import { elementsOf, type LossResult, meanOverPresent, type ReferenceTarget } from '../reference.js';

/** Mean of |o − y|, the slope 0 where they meet (PyTorch's L1Loss). */
export function maeReference(output: number[], target: ReferenceTarget): LossResult | undefined {
  return meanOverPresent(output, elementsOf(target), (o, y) => [Math.abs(o - y), Math.sign(o - y)]);
}
