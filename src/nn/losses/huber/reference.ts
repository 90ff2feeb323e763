import { elementsOf, type LossResult, meanOverPresent, type ReferenceTarget } from '../reference.js';

/** Mean of ½ d² where |d| ≤ δ, else δ (|d| − ½ δ), d = o − y (Huber 1964; PyTorch's HuberLoss). */
export function huberReference(output: number[], target: ReferenceTarget, delta: number): LossResult | undefined {
  return meanOverPresent(output, elementsOf(target), (o, y) => {
    const d = o - y;
    return Math.abs(d) <= delta ? [0.5 * d * d, d] : [delta * (Math.abs(d) - 0.5 * delta), delta * Math.sign(d)];
  });
}
