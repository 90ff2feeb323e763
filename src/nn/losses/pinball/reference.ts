import { elementsOf, type LossResult, meanOverPresent, type ReferenceTarget } from '../reference.js';

/**
 * Mean over the quantiles of max(τ d, (τ − 1) d), d = y − o_τ, the slope 0 where they meet (Koenker & Bassett 1978). One output a
 * quantile; a target of one number is every quantile's.
 */
export function pinballReference(
  output: number[],
  target: ReferenceTarget,
  taus: readonly number[],
): LossResult | undefined {
  const given = elementsOf(target);
  const targets = given.length === 1 ? taus.map(() => given[0]) : given;
  return meanOverPresent(output, targets, (o, y, i) => {
    const d = y - o;
    return [Math.max(taus[i] * d, (taus[i] - 1) * d), d > 0 ? -taus[i] : d < 0 ? 1 - taus[i] : 0];
  });
}
