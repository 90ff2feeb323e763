/**
 * RMSProp with momentum μ:  v ← αv + (1−α)g²,  u ← μu + g/(√v + ε),  p ← p − η·u.
 * Tieleman & Hinton 2012, Coursera lecture 6.5; ε and momentum as PyTorch places them.
 *
 * a, b = α, μ; c = ε; rate = η. `second` is 0 where there is no momentum.
 */
import { flush } from "../../../math/activations.as";
import { Update } from "../optimizer.as";

export function step(u: Update): void {
  const scale = f32x4.splat(u.scale), rate = f32x4.splat(u.rate), epsilon = f32x4.splat(u.c);
  const keep = f32x4.splat(<f32>u.a), take = f32x4.splat(<f32>(1.0 - u.a)), momentum = f32x4.splat(<f32>u.b);
  const parameters = u.parameters, gradients = u.gradients, first = u.first, second = u.second;
  const end = <usize>u.count << 2;
  let at: usize = 0;
  do {
    const g = f32x4.mul(flush(v128.load(gradients + at), 1e-18), scale);
    const v = flush(f32x4.add(f32x4.mul(keep, v128.load(first + at)), f32x4.mul(take, f32x4.mul(g, g))), 1e-36);
    v128.store(first + at, v);
    let move = f32x4.div(g, f32x4.add(f32x4.sqrt(v), epsilon));
    if (second) {
      move = flush(f32x4.add(f32x4.mul(momentum, v128.load(second + at)), move), 1e-30);
      v128.store(second + at, move);
    }
    v128.store(parameters + at, f32x4.sub(v128.load(parameters + at), f32x4.mul(rate, move)));
    at += 16;
  } while (at < end);
}
