import { elementsOf, type LossResult, meanOverPresent, type Target } from '../reference.js';

/** Mean of |o − y|, the slope 0 where they meet (PyTorch's L1Loss). */
export function maeReference(output: number[], target: Target): LossResult | undefined {
  return meanOverPresent(output, elementsOf(target), (o, y) => [Math.abs(o - y), Math.sign(o - y)]);
}
