import { sigmoid, tanh } from '../../../math/functions.js';
import {
  affine,
  type CellReference,
  outer,
  type PytorchWeights,
  type ReferenceTape,
  transposed,
} from '../reference.js';

export interface RnnReferenceOptions {
  activation: 'tanh' | 'relu' | 'sigmoid';
}
export interface RnnTape extends ReferenceTape {
  activation: RnnReferenceOptions['activation'];
}

const activate = { tanh, sigmoid, relu: (a: number) => Math.max(a, 0) };

/** φ′ by φ's value. */
const slope = {
  tanh: (h: number) => 1 - h * h,
  sigmoid: (h: number) => h * (1 - h),
  relu: (h: number) => (h > 0 ? 1 : 0),
};

/** h_t = φ(W x_t + b + U h_{t−1} + b′) (Elman 1990). */
export const rnnReference: CellReference<PytorchWeights, RnnReferenceOptions, RnnTape> = {
  forward(weights, x, before, { activation }) {
    const a = affine(weights.weight_ih, x, weights.bias_ih);
    const s = affine(weights.weight_hh, before.h, weights.bias_hh);
    return { x, before, activation, state: { h: a.map((au, u) => activate[activation](au + s[u])) } };
  },

  backward(weights, { x, before, state, activation }, dState) {
    const da = state.h.map((hu, u) => dState.h[u] * slope[activation](hu));
    return {
      x: transposed(weights.weight_ih, da),
      state: { h: transposed(weights.weight_hh, da) },
      weights: { weight_ih: outer(da, x), weight_hh: outer(da, before.h), bias_ih: da, bias_hh: [...da] },
    };
  },
};
