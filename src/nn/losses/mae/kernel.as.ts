/**
 * Mean absolute error of one sample over its n present elements: ℓ = Σ |y − ŷ|/n,  ȳ = sign(y − ŷ)/n, 0 where they meet.
 * A NaN target is missing. Returns NaN, and sets d to 0, when none is present.
 */
import { countPresent } from "../target.as";

export function loss(y: usize, target: usize, d: usize, outputs: u32, _parameters: usize): f64 {
  const n = countPresent(target, outputs);
  const slope = <f32>(1.0 / <f64>n);
  let sum: f64 = 0;
  for (const end = target + (outputs << 2); target < end; target += 4, y += 4, d += 4) {
    const want = load<f32>(target);
    const error = want == want ? load<f32>(y) - want : 0;
    sum += <f64>abs<f32>(error);
    store<f32>(d, error > 0 ? slope : error < 0 ? -slope : 0);
  }
  return n ? sum / <f64>n : NaN;
}
