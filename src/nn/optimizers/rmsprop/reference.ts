import { type OptimizerReference, zeros } from '../reference.js';

export interface RmspropReferenceOptions {
  lr: number;
  /** α, default 0.99. */
  decay?: number;
  /** μ, default 0. */
  momentum?: number;
  /** ε, default 1e-8. */
  epsilon?: number;
}

/** v ← α v + (1−α) g²; u ← μ u + g / (√v + ε); p ← p − lr u, ε outside the root (Hinton 2012, in PyTorch's form). */
export const rmspropReference: OptimizerReference<RmspropReferenceOptions, { v: number[]; u: number[] }> = {
  start: (size) => ({ v: zeros(size), u: zeros(size) }),
  step(p, g, state, { lr, decay = 0.99, momentum = 0, epsilon = 1e-8 }) {
    const v = g.map((gi, i) => decay * state.v[i] + (1 - decay) * gi * gi);
    const u = g.map((gi, i) => momentum * state.u[i] + gi / (Math.sqrt(v[i]) + epsilon));
    return { parameters: p.map((pi, i) => pi - lr * u[i]), state: { v, u } };
  },
};
