/**
 * Log-cosh of one sample over its n present elements, e = ŷ − y: ℓ = Σ ln cosh(e)/n, as |e| + ln(1 + q) − ln 2 with q = e^−2|e|;
 * ȳ = tanh(e)/n, tanh |e| = (1 − q)/(1 + q). Saleh & Saleh 2022, arXiv:2208.04564.
 * A NaN target is missing. Returns NaN, and sets d to 0, when none is present.
 */
import { exp, log } from "../../../math/activations.as";
import { countPresent } from "../target.as";

export function loss(y: usize, target: usize, d: usize, outputs: u32, parameters: usize): f64 {
  const n = countPresent(target, outputs);
  let sum: f64 = 0;
  for (const end = target + (outputs << 2); target < end; target += 4, y += 4, d += 4) {
    const want = load<f32>(target);
    const error = want == want ? <f64>load<f32>(y) - <f64>want : 0;
    const size = abs<f64>(error), q = exp(-2 * size);
    sum += size + log(1 + q) - 0.6931471805599453;
    store<f32>(d, n ? <f32>(copysign<f64>((1 - q) / (1 + q), error) / <f64>n) : 0);
  }
  return n ? sum / <f64>n : NaN;
}
