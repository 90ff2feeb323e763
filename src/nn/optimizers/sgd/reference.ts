import { type OptimizerReference, zeros } from '../reference.js';

export interface SgdReferenceOptions {
  lr: number;
  /** μ, default 0. */
  momentum?: number;
  /** Default false. */
  nesterov?: boolean;
  /** λ, default 0; an L2 penalty: it joins the gradient. */
  weightDecay?: number;
}

/** g ← g + λ p; v ← μ v + g; p ← p − lr v, or Nesterov's p − lr (g + μ v) (Sutskever et al. 2013, in PyTorch's form). */
export const sgdReference: OptimizerReference<SgdReferenceOptions, { v: number[] }> = {
  start: (size) => ({ v: zeros(size) }),
  step(p, gradient, state, { lr, momentum = 0, nesterov = false, weightDecay = 0 }) {
    const g = gradient.map((gi, i) => gi + weightDecay * p[i]);
    const v = g.map((gi, i) => momentum * state.v[i] + gi);
    return { parameters: p.map((pi, i) => pi - lr * (nesterov ? g[i] + momentum * v[i] : v[i])), state: { v } };
  },
};
