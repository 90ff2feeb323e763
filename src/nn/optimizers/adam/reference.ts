import { type OptimizerReference, zeros } from '../reference.js';

export interface AdamReferenceOptions {
  lr: number;
  /** β1, default 0.9. */
  beta1?: number;
  /** β2, default 0.999. */
  beta2?: number;
  /** ε, default 1e-8. */
  epsilon?: number;
}
export interface AdamState {
  m: number[];
  v: number[];
  /** β1^k and β2^k as running products: no host's pow. */
  beta1ToK: number;
  beta2ToK: number;
}

/** m ← β1 m + (1−β1) g; v ← β2 v + (1−β2) g²; p ← p − lr (m / (1−β1^k)) / (√(v / (1−β2^k)) + ε) (Kingma & Ba 2014). */
export const adamReference: OptimizerReference<AdamReferenceOptions, AdamState> = {
  start: (size) => ({ m: zeros(size), v: zeros(size), beta1ToK: 1, beta2ToK: 1 }),
  step(p, g, state, { lr, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }) {
    const m = g.map((gi, i) => beta1 * state.m[i] + (1 - beta1) * gi);
    const v = g.map((gi, i) => beta2 * state.v[i] + (1 - beta2) * gi * gi);
    const beta1ToK = state.beta1ToK * beta1;
    const beta2ToK = state.beta2ToK * beta2;
    const parameters = p.map(
      (pi, i) => pi - (lr * (m[i] / (1 - beta1ToK))) / (Math.sqrt(v[i] / (1 - beta2ToK)) + epsilon),
    );
    return { parameters, state: { m, v, beta1ToK, beta2ToK } };
  },
};
