/**
 * Huber's loss of one sample over its n present elements, e = y − ŷ: ℓ = Σ ½e²/n where |e| ≤ δ, else Σ δ(|e| − ½δ)/n;
 * ȳ = e/n, held within ±δ/n. Huber 1964, doi 10.1214/aoms/1177703732.
 * A NaN target is missing. Returns NaN, and sets d to 0, when none is present. parameters: δ.
 */
import { countPresent } from "../target.as";

export function loss(y: usize, target: usize, d: usize, outputs: u32, parameters: usize): f64 {
  const n = countPresent(target, outputs);
  const delta = load<f32>(parameters), share = <f32>(1.0 / <f64>n);
  let sum: f64 = 0;
  for (const end = target + (outputs << 2); target < end; target += 4, y += 4, d += 4) {
    const want = load<f32>(target);
    const error = want == want ? load<f32>(y) - want : 0;
    const size = <f64>abs<f32>(error);
    sum += size <= <f64>delta ? 0.5 * size * size : <f64>delta * (size - 0.5 * <f64>delta);
    store<f32>(d, n ? share * max(min(error, delta), -delta) : 0);
  }
  return n ? sum / <f64>n : NaN;
}
