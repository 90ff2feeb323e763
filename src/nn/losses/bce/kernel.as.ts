/**
 * Binary cross-entropy of one sample from the logits a, over its n present elements p: ℓ = Σ (max(a, 0) − a p + ln(1 + e^−|a|))/n,
 * a̅ = (σ(a) − p)/n. From the logits, so that no ln 0 can come.
 * A NaN target is missing. Returns NaN, and sets d to 0, when none is present.
 */
import { exp, log } from "../../../math/activations.as";
import { countPresent } from "../target.as";

export function loss(a: usize, target: usize, d: usize, outputs: u32, _parameters: usize): f64 {
  const n = countPresent(target, outputs);
  let sum: f64 = 0;
  for (const end = target + (outputs << 2); target < end; target += 4, a += 4, d += 4) {
    const want = load<f32>(target);
    if (want == want) {
      const logit = <f64>load<f32>(a), p = <f64>want;
      const e = exp(-abs<f64>(logit));
      sum += max(logit, 0.0) - logit * p + log(1.0 + e);
      store<f32>(d, <f32>(((logit < 0 ? e : 1.0) / (1.0 + e) - p) / <f64>n));
    } else store<f32>(d, 0);
  }
  return n ? sum / <f64>n : NaN;
}
