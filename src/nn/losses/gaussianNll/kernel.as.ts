/**
 * Gaussian negative log likelihood of one sample, O = 2·K outputs: K means m, then K log variances s; over the n present of K target
 * elements y, q = (y − m)² e^−s:  ℓ = Σ ½(s + q)/n,  m̅ = (m − y) e^−s/n,  s̅ = ½(1 − q)/n. Without the constant ½ ln 2π.
 * Nix & Weigend 1994, doi 10.1109/ICNN.1994.374138.
 * A NaN target is missing. Returns NaN, and sets d to 0, when none is present.
 */
import { exp } from "../../../math/activations.as";
import { countPresent } from "../target.as";

export function loss(y: usize, target: usize, d: usize, outputs: u32, _parameters: usize): f64 {
  const K = outputs >> 1, half = <usize>K << 2;
  const n = countPresent(target, K);
  let sum: f64 = 0;
  for (const end = target + half; target < end; target += 4, y += 4, d += 4) {
    const want = load<f32>(target);
    if (want == want) {
      const error = <f64>load<f32>(y) - <f64>want, s = <f64>load<f32>(y + half), precision = exp(-s);
      const q = error * error * precision;
      sum += 0.5 * (s + q);
      store<f32>(d, <f32>(error * precision / <f64>n));
      store<f32>(d + half, <f32>(0.5 * (1.0 - q) / <f64>n));
    } else {
      store<f32>(d, 0);
      store<f32>(d + half, 0);
    }
  }
  return n ? sum / <f64>n : NaN;
}
