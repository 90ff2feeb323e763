/**
 * Stochastic gradient descent with momentum μ, as PyTorch defines it:  g ← g + λp,  v ← μv + g,  p ← p − η·v  (Nesterov: p ← p − η(g + μv)).
 * Sutskever et al. 2013, proceedings.mlr.press/v28/sutskever13.
 *
 * a = μ; decay = λ; rate = η.
 */
import { flush } from "../../../math/activations.as";
import { Update } from "../optimizer.as";

export function step(u: Update): void {
  const scale = f32x4.splat(u.scale), rate = f32x4.splat(u.rate), decay = f32x4.splat(u.decay), momentum = f32x4.splat(<f32>u.a);
  const parameters = u.parameters, gradients = u.gradients, first = u.first, nesterov = u.nesterov != 0;
  const end = <usize>u.count << 2;
  let at: usize = 0;
  do {
    const p = v128.load(parameters + at);
    let g = f32x4.add(f32x4.mul(flush(v128.load(gradients + at), 1e-18), scale), f32x4.mul(decay, p));
    if (first) {
      const v = flush(f32x4.add(f32x4.mul(momentum, v128.load(first + at)), g), 1e-30);
      v128.store(first + at, v);
      g = nesterov ? f32x4.add(g, f32x4.mul(momentum, v)) : v;
    }
    v128.store(parameters + at, f32x4.sub(p, f32x4.mul(rate, g)));
    at += 16;
  } while (at < end);
}
