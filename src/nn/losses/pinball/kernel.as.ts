/**
 * Pinball loss of one sample over its n present quantiles, e = y − ŷ_τ (y the target): ℓ = Σ max(τe, (τ−1)e)/n;
 * ȳ = −τ/n where e > 0, (1−τ)/n where e < 0, 0 where they meet. Koenker & Bassett 1978, doi 10.2307/1913643.
 * A NaN target is missing. Returns NaN, and sets d to 0, when none is present. parameters: τ of each output.
 */
import { countPresent } from "../target.as";

export function loss(y: usize, target: usize, d: usize, outputs: u32, parameters: usize): f64 {
  const n = countPresent(target, outputs);
  let sum: f64 = 0;
  for (const end = target + (outputs << 2); target < end; target += 4, y += 4, d += 4, parameters += 4) {
    const want = load<f32>(target), tau = <f64>load<f32>(parameters);
    const error = want == want ? <f64>want - <f64>load<f32>(y) : 0;
    sum += max(tau * error, (tau - 1.0) * error);
    const slope = error > 0 ? -tau : error < 0 ? 1.0 - tau : 0;
    store<f32>(d, n ? <f32>(slope / <f64>n) : 0);
  }
  return n ? sum / <f64>n : NaN;
}
