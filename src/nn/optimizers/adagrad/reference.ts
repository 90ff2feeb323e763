import { type OptimizerReference, zeros } from '../reference.js';

export interface AdagradReferenceOptions {
  lr: number;
  /** ε, default 1e-10. */
  epsilon?: number;
}

/** a ← a + g², from 0; p ← p − lr g / (√a + ε), ε outside the root (Duchi et al. 2011, in PyTorch's form). */
export const adagradReference: OptimizerReference<AdagradReferenceOptions, { a: number[] }> = {
  start: (size) => ({ a: zeros(size) }),
  step(p, g, state, { lr, epsilon = 1e-10 }) {
    const a = g.map((gi, i) => state.a[i] + gi * gi);
    return { parameters: p.map((pi, i) => pi - (lr * g[i]) / (Math.sqrt(a[i]) + epsilon)), state: { a } };
  },
};
