import { sigmoid } from '../../../math/functions.js';
import {
  affine,
  type CellReference,
  matrixOf,
  type NamedArrays,
  outer,
  type ReferenceTape,
  transposed,
  vectorOf,
} from '../reference.js';

/** W [2·H, input] and b [2·H]. */
export interface MinGruWeights extends NamedArrays {
  readonly weight_ih: number[][];
  readonly bias_ih: number[];
}
export interface MinGruTape extends ReferenceTape {
  z: number[];
  n: number[];
}

export const minGruWeights = (weights: NamedArrays): MinGruWeights => ({
  weight_ih: matrixOf(weights, 'weight_ih'),
  bias_ih: vectorOf(weights, 'bias_ih'),
});

/** z = σ(W_z x + b_z), n = W_n x + b_n; h_t = (1−z)∘h_{t−1} + z∘n (Feng et al. 2024). Gate rows z n. */
export const minGruReference: CellReference<MinGruWeights, Record<never, never>, MinGruTape> = {
  forward({ weight_ih, bias_ih }, x, before) {
    const { h } = before;
    const a = affine(weight_ih, x, bias_ih);
    const z = a.slice(0, h.length).map(sigmoid);
    const n = a.slice(h.length);
    return { x, before, z, n, state: { h: h.map((hu, u) => (1 - z[u]) * hu + z[u] * n[u]) } };
  },

  backward({ weight_ih }, { x, before, z, n }, { h: dh }) {
    const dz = dh.map((d, u) => d * (n[u] - before.h[u]) * z[u] * (1 - z[u]));
    const dn = dh.map((d, u) => d * z[u]);
    const da = [...dz, ...dn];
    return {
      x: transposed(weight_ih, da),
      state: { h: dh.map((d, u) => d * (1 - z[u])) },
      weights: { weight_ih: outer(da, x), bias_ih: da },
    };
  },
};
