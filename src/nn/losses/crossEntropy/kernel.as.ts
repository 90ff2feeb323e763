/**
 * Cross-entropy of one sample from the logits a, with a target distribution p over the K outputs:
 * l_k = a_k − max a − ln Σ e^(a_j − max a),  ℓ = −Σ p_k l_k,  a̅_k = Σp · e^l_k − p_k.
 * A target with a NaN is missing as a whole. Returns NaN, and sets d to 0, then.
 */
import { exp, log } from "../../../math/activations.as";
import { countPresent } from "../target.as";

export function loss(a: usize, target: usize, d: usize, outputs: u32, _parameters: usize): f64 {
  const bytes = <usize>outputs << 2;
  if (countPresent(target, outputs) < outputs) {
    memory.fill(d, 0, bytes);
    return NaN;
  }
  let top = load<f32>(a), mass: f64 = 0;
  for (let at: usize = 0; at < bytes; at += 4) {
    top = max(top, load<f32>(a + at));
    mass += <f64>load<f32>(target + at);
  }
  let sum: f64 = 0;
  for (let at: usize = 0; at < bytes; at += 4) sum += exp(<f64>load<f32>(a + at) - <f64>top);
  const shift = <f64>top + log(sum);
  let loss: f64 = 0;
  for (let at: usize = 0; at < bytes; at += 4) {
    const l = <f64>load<f32>(a + at) - shift, p = <f64>load<f32>(target + at);
    loss -= p * l;
    store<f32>(d + at, <f32>(mass * exp(l) - p));
  }
  return loss;
}
