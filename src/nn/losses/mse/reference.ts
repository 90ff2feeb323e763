import { elementsOf, type LossResult, meanOverPresent, type ReferenceTarget } from '../reference.js';

/** Mean of (o − y)² (Legendre 1805). */
export function mseReference(output: number[], target: ReferenceTarget): LossResult | undefined {
  return meanOverPresent(output, elementsOf(target), (o, y) => [(o - y) * (o - y), 2 * (o - y)]);
}
