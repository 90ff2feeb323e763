import { sigmoid, tanh } from '../../../math/functions.js';
import {
  affine,
  type CellReference,
  outer,
  type PytorchWeights,
  type ReferenceTape,
  transposed,
} from '../reference.js';

export type LstmOptions = Record<never, never>;
export interface LstmTape extends ReferenceTape {
  before: { h: number[]; c: number[] };
  state: { h: number[]; c: number[] };
  i: number[];
  f: number[];
  g: number[];
  o: number[];
}

/**
 * i, f, o = σ(·), g = tanh(·), each of W x_t + b + U h_{t−1} + b′; c_t = f∘c_{t−1} + i∘g; h_t = o∘tanh(c_t)
 * (Hochreiter & Schmidhuber 1997; Gers et al. 2000). Gate rows i f g o.
 */
export const lstmReference: CellReference<PytorchWeights, LstmOptions, LstmTape> = {
  forward(weights, x, { h: h0, c: c0 = h0.map(() => 0) }) {
    const H = h0.length;
    const s = affine(weights.weight_hh, h0, weights.bias_hh);
    const a = affine(weights.weight_ih, x, weights.bias_ih).map((ak, k) => ak + s[k]);
    const i = a.slice(0, H).map(sigmoid);
    const f = a.slice(H, 2 * H).map(sigmoid);
    const g = a.slice(2 * H, 3 * H).map(tanh);
    const o = a.slice(3 * H).map(sigmoid);
    const c = c0.map((cu, u) => f[u] * cu + i[u] * g[u]);
    const h = o.map((ou, u) => ou * tanh(c[u]));
    return { x, before: { h: h0, c: c0 }, i, f, g, o, state: { h, c } };
  },

  backward(weights, { x, before, i, f, g, o, state }, { h: dh, c: dcAfter = dh.map(() => 0) }) {
    const tc = state.c.map(tanh);
    const dc = dcAfter.map((d, u) => d + dh[u] * o[u] * (1 - tc[u] * tc[u]));
    const da = [
      ...i.map((iu, u) => dc[u] * g[u] * iu * (1 - iu)),
      ...f.map((fu, u) => dc[u] * before.c[u] * fu * (1 - fu)),
      ...g.map((gu, u) => dc[u] * i[u] * (1 - gu * gu)),
      ...o.map((ou, u) => dh[u] * tc[u] * ou * (1 - ou)),
    ];
    return {
      x: transposed(weights.weight_ih, da),
      state: { h: transposed(weights.weight_hh, da), c: dc.map((d, u) => d * f[u]) },
      weights: { weight_ih: outer(da, x), weight_hh: outer(da, before.h), bias_ih: da, bias_hh: [...da] },
    };
  },
};
