/**
 * Adam:  m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  p ← p − η·(m/(1−β₁ᵏ)) / (√(v/(1−β₂ᵏ)) + ε).
 * Kingma & Ba 2015, arXiv:1412.6980; ε as PyTorch places it.
 *
 * a, b = β₁, β₂; c = ε; rate = η/(1−β₁ᵏ); d = 1/(1−β₂ᵏ).
 */
import { flush } from "../../../math/activations.as";
import { Update } from "../optimizer.as";

export function step(u: Update): void {
  const scale = f32x4.splat(u.scale), rate = f32x4.splat(u.rate), epsilon = f32x4.splat(u.c), correction = f32x4.splat(u.d);
  const b1 = f32x4.splat(<f32>u.a), b2 = f32x4.splat(<f32>u.b), n1 = f32x4.splat(<f32>(1.0 - u.a)), n2 = f32x4.splat(<f32>(1.0 - u.b));
  const parameters = u.parameters, gradients = u.gradients, first = u.first, second = u.second;
  const end = <usize>u.count << 2;
  let at: usize = 0;
  do {
    const g = f32x4.mul(flush(v128.load(gradients + at), 1e-18), scale);
    const m = flush(f32x4.add(f32x4.mul(b1, v128.load(first + at)), f32x4.mul(n1, g)), 1e-30);
    const v = flush(f32x4.add(f32x4.mul(b2, v128.load(second + at)), f32x4.mul(n2, f32x4.mul(g, g))), 1e-36);
    v128.store(first + at, m);
    v128.store(second + at, v);
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(v, correction)), epsilon);
    v128.store(parameters + at, f32x4.sub(v128.load(parameters + at), f32x4.div(f32x4.mul(rate, m), root)));
    at += 16;
  } while (at < end);
}
