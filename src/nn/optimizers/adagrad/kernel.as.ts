/**
 * Adagrad:  a ← a + g²,  p ← p − η·g/(√a + ε).
 * Duchi, Hazan & Singer 2011, jmlr.org/papers/v12/duchi11a; ε as PyTorch places it.
 *
 * first = a; c = ε; rate = η.
 */
import { flush } from "../../../math/activations.as";
import { Update } from "../optimizer.as";

export function step(u: Update): void {
  const scale = f32x4.splat(u.scale), rate = f32x4.splat(u.rate), epsilon = f32x4.splat(u.c);
  const parameters = u.parameters, gradients = u.gradients, first = u.first;
  const end = <usize>u.count << 2;
  let at: usize = 0;
  do {
    const g = f32x4.mul(flush(v128.load(gradients + at), 1e-18), scale);
    const a = f32x4.add(v128.load(first + at), f32x4.mul(g, g));
    v128.store(first + at, a);
    const move = f32x4.div(f32x4.mul(rate, g), f32x4.add(f32x4.sqrt(a), epsilon));
    v128.store(parameters + at, f32x4.sub(v128.load(parameters + at), move));
    at += 16;
  } while (at < end);
}
