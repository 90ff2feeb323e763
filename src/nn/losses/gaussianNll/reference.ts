import { exp } from '../../../math/functions.js';
import { elementsOf, type LossResult, meanOverPresent, type ReferenceTarget } from '../reference.js';

/**
 * Mean of ½ (s + (y − m)² / e^s): the negative log likelihood of y under a normal with mean m and log variance s, less the constant
 * ½ ln 2π (Nix & Weigend 1994; PyTorch's GaussianNLLLoss, without its floor under the variance). The output is the means of all
 * target elements, then their log variances.
 */
export function gaussianNllReference(output: number[], target: ReferenceTarget): LossResult | undefined {
  const targets = elementsOf(target);
  const means = output.slice(0, targets.length);
  const logVariances = output.slice(targets.length);
  const square = (i: number, y: number) => (y - means[i]) * (y - means[i]) * exp(-logVariances[i]);
  const byMean = meanOverPresent(means, targets, (m, y, i) => [
    0.5 * (logVariances[i] + square(i, y)),
    (m - y) * exp(-logVariances[i]),
  ]);
  const byLogVariance = meanOverPresent(logVariances, targets, (_, y, i) => [0, 0.5 * (1 - square(i, y))]);
  return byMean && byLogVariance && { ...byMean, gradient: [...byMean.gradient, ...byLogVariance.gradient] };
}
