/**
 * AdamW:  p ← p − ηλp, then Adam's step with the gradient as it came: decay that is not scaled by the moments.
 * Loshchilov & Hutter 2019, arXiv:1711.05101.
 *
 * decay = λ; base = η; the rest as in Adam.
 */
import { step as adam } from "../adam/kernel.as";
import { Update } from "../optimizer.as";

export function step(u: Update): void {
  const decay = f32x4.splat(<f32>(<f64>u.base * <f64>u.decay));
  const end = u.parameters + (<usize>u.count << 2);
  let at = u.parameters;
  do {
    const p = v128.load(at);
    v128.store(at, f32x4.sub(p, f32x4.mul(decay, p)));
    at += 16;
  } while (at < end);
  adam(u);
}
