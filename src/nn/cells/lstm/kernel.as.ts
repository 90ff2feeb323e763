/**
 * LSTM, forward and backward over a pass of T samples.
 *
 *   i, f, o = σ(W x_t + U h_{t−1} + b + b′)    g = tanh(·)
 *   c_t = f∘c_{t−1} + i∘g                      h_t = o∘tanh(c_t)
 *
 *   o̅ = h̅∘tanh(c)∘o∘(1−o)      c̅ += h̅∘o∘(1−tanh²c)
 *   i̅ = c̅∘g∘i∘(1−i)    f̅ = c̅∘c_{t−1}∘f∘(1−f)    g̅ = c̅∘i∘(1−g²)    c̅_{t−1} = c̅∘f
 *
 * Hochreiter & Schmidhuber 1997, doi 10.1162/neco.1997.9.8.1735; forget gate: Gers et al. 2000, doi 10.1162/089976600300015015.
 *
 * Shapes   x [T·B × I]   h, c [T·B × Hp]   W [I × 4Hp]   U [H × 4Hp]   b, b′ [4Hp], gates in the order i f o g
 * Tape     gates [T·B × 5Hp]: i f o g tanh(c)
 * Cost     4·H·(I + H) multiply-adds a sample forward, twice that backward; no allocation
 */
import { accumulate, accumulateBias } from "../../../math/linear/accumulate.as";
import { project, projectBoth } from "../../../math/linear/project.as";
import { projectBack } from "../../../math/linear/projectBack.as";
import { flush, sigmoidSums, tanhRows, tanhSums } from "../../../math/activations.as";
import { Layer, Pass } from "../layer.as";

export function forward(layer: Layer, pass: Pass): void {
  const B = pass.rows, Hp = <usize>layer.padded << 2, V = layer.padded, T = pass.steps;
  const stride = pass.gateStride, I = layer.inputs;
  // A wide input is projected for all samples at once: its weights stream through once. The order of the sums is the same.
  const ahead = T > 1 && I > 8;
  if (ahead) project(pass.gates, stride, layer.b, 0, pass.x, pass.xStride, layer.W, T * B, I, V);
  let gates = pass.gates, x = pass.x, h0 = pass.h0, c0 = pass.c0, h = pass.h, c = pass.c;
  for (let t: u32 = 0; t < T; t++) {
    if (ahead) project(gates, stride, gates, stride, h0, Hp, layer.U, B, layer.units, V);
    else projectBoth(gates, stride, layer.b, 0, x, pass.xStride, layer.W, I, h0, Hp, layer.U, layer.units, B, V);
    activate(gates, stride, layer.b2, c0, c, h, Hp, B);
    x += B * pass.xStride;
    h0 = h;
    c0 = c;
    h += B * Hp;
    c += B * Hp;
    gates += B * stride;
  }
}

function activate(a: usize, stride: usize, b: usize, c0: usize, c: usize, h: usize, Hp: usize, B: u32): void {
  const F = Hp, O = 2 * Hp, G = 3 * Hp, T = 4 * Hp;
  sigmoidSums(a, b, G, B, stride);
  tanhSums(a + G, b + G, Hp, B, stride);
  let row = a, m = B, to = c;
  do {
    const end = row + Hp;
    let at = row;
    do {
      const i = v128.load(at), f = v128.load(at + F), g = v128.load(at + G);
      v128.store(to, flush(f32x4.add(f32x4.mul(f, v128.load(c0)), f32x4.mul(i, g)), 1e-15));
      at += 16;
      c0 += 16;
      to += 16;
    } while (at < end);
    row += stride;
  } while (--m);
  tanhRows(a + T, c, Hp, B, stride, Hp);
  row = a;
  m = B;
  do {
    const end = row + Hp;
    let at = row;
    do {
      v128.store(h, f32x4.mul(v128.load(at + O), v128.load(at + T)));
      at += 16;
      h += 16;
    } while (at < end);
    row += stride;
  } while (--m);
}

export function backward(layer: Layer, pass: Pass): void {
  const B = pass.rows, T = pass.steps, Hp = <usize>layer.padded << 2, V = layer.padded, H = layer.units;
  const row = B * Hp;
  for (let t = T; t-- > 0;) {
    const c0 = t ? pass.c + (t - 1) * row : pass.c0;
    for (let m: u32 = 0; m < B; m++) {
      const at = t * B + m;
      deactivate(pass.gates + at * pass.gateStride, c0 + m * Hp, pass.dh + at * Hp, pass.dhCarry + m * Hp, pass.dcCarry + m * Hp, pass.dGates + at * pass.dStride, Hp);
    }
    projectBack(pass.dhCarry, Hp, pass.dGates + t * B * pass.dStride, pass.dStride, layer.U, B, H, V, pass.sums, 0);
  }
  const delta = pass.gradients, d = pass.dGates, dStride = pass.dStride;
  accumulate(layer.W + delta, pass.x, pass.xStride, d, dStride, T * B, layer.inputs, V);
  accumulate(layer.U + delta, pass.h0, Hp, d, dStride, T * B, H, V);
  accumulateBias(layer.b + delta, d, dStride, T * B, V);
  accumulateBias(layer.b2 + delta, d, dStride, T * B, V);
  if (pass.dx) projectBack(pass.dx, pass.dxStride, d, dStride, layer.W, T * B, layer.inputs, V, pass.sums, 0);
}

function deactivate(a: usize, c0: usize, dh: usize, dhCarry: usize, dcCarry: usize, d: usize, Hp: usize): void {
  const F = Hp, O = 2 * Hp, G = 3 * Hp, T = 4 * Hp, one = f32x4.splat(1);
  const end = a + Hp;
  do {
    const i = v128.load(a), f = v128.load(a + F), g = v128.load(a + G), o = v128.load(a + O), squashed = v128.load(a + T);
    const h = f32x4.add(v128.load(dh), v128.load(dhCarry));
    const ho = f32x4.mul(h, o);
    const c = f32x4.add(v128.load(dcCarry), f32x4.mul(ho, f32x4.sub(one, f32x4.mul(squashed, squashed))));
    const ci = f32x4.mul(c, i);
    const cf = f32x4.mul(c, f);
    v128.store(d, f32x4.mul(f32x4.mul(ci, g), f32x4.sub(one, i)));
    v128.store(d + F, f32x4.mul(f32x4.mul(cf, v128.load(c0)), f32x4.sub(one, f)));
    v128.store(d + G, f32x4.mul(ci, f32x4.sub(one, f32x4.mul(g, g))));
    v128.store(d + O, f32x4.mul(f32x4.mul(ho, squashed), f32x4.sub(one, o)));
    v128.store(dcCarry, flush(cf, 1e-18));
    a += 16;
    c0 += 16;
    dh += 16;
    dhCarry += 16;
    dcCarry += 16;
    d += 16;
  } while (a < end);
}
