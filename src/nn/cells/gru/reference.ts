import { sigmoid, tanh } from '../../../math/functions.js';
import {
  affine,
  type CellReference,
  outer,
  type PytorchWeights,
  type ReferenceTape,
  transposed,
} from '../reference.js';

export interface GruReferenceOptions {
  resetAfter: boolean;
}
export interface GruTape extends ReferenceTape {
  resetAfter: boolean;
  r: number[];
  z: number[];
  n: number[];
  /** What n's gate reads of the state: U h + b′ if reset after, r∘h if before. */
  q: number[];
}

/**
 * r, z = σ(W x_t + b + U h_{t−1} + b′); h_t = z∘h_{t−1} + (1−z)∘n. Gate rows r z n.
 * - reset after (PyTorch, cuDNN): n = tanh(W x + b + r∘(U h_{t−1} + b′));
 * - reset before (Cho et al. 2014): n = tanh(W x + b + U(r∘h_{t−1}) + b′).
 */
export const gruReference: CellReference<PytorchWeights, GruReferenceOptions, GruTape> = {
  forward(weights, x, before, { resetAfter }) {
    const { h } = before;
    const H = h.length;
    const a = affine(weights.weight_ih, x, weights.bias_ih);
    const s = affine(weights.weight_hh, h, weights.bias_hh);
    const r = h.map((_, u) => sigmoid(a[u] + s[u]));
    const z = h.map((_, u) => sigmoid(a[H + u] + s[H + u]));
    const q = resetAfter ? s.slice(2 * H) : h.map((hu, u) => r[u] * hu);
    const Uq = resetAfter
      ? q.map((qu, u) => r[u] * qu)
      : affine(weights.weight_hh.slice(2 * H), q, weights.bias_hh.slice(2 * H));
    const n = Uq.map((v, u) => tanh(a[2 * H + u] + v));
    return { x, before, resetAfter, r, z, n, q, state: { h: h.map((hu, u) => z[u] * hu + (1 - z[u]) * n[u]) } };
  },

  backward(weights, { x, before, resetAfter, r, z, n, q }, { h: dh }) {
    const { h } = before;
    const H = h.length;
    const dan = dh.map((d, u) => d * (1 - z[u]) * (1 - n[u] * n[u]));
    const daz = dh.map((d, u) => d * (h[u] - n[u]) * z[u] * (1 - z[u]));
    // ∂loss/∂(r∘h), for the reset before.
    const dq = transposed(weights.weight_hh.slice(2 * H), dan);
    const dar = r.map((ru, u) => (resetAfter ? dan[u] * q[u] : dq[u] * h[u]) * ru * (1 - ru));
    const da = [...dar, ...daz, ...dan];
    const dsn = resetAfter ? dan.map((d, u) => d * r[u]) : dan;
    const dhAfter = transposed(weights.weight_hh, [...dar, ...daz, ...dsn]);
    const dhBefore = transposed(weights.weight_hh.slice(0, 2 * H), [...dar, ...daz]).map((d, u) => d + dq[u] * r[u]);
    return {
      x: transposed(weights.weight_ih, da),
      state: { h: (resetAfter ? dhAfter : dhBefore).map((d, u) => d + dh[u] * z[u]) },
      weights: {
        weight_ih: outer(da, x),
        weight_hh: [...outer([...dar, ...daz], h), ...outer(dsn, resetAfter ? h : q)],
        bias_ih: da,
        bias_hh: [...dar, ...daz, ...dsn],
      },
    };
  },
};
