/**
 * minGRU, forward and backward over a pass of T samples.
 *
 *   z = σ(W_z x_t + b_z)    n = W_n x_t + b_n    h_t = (1−z)∘h_{t−1} + z∘n
 *
 *   z̅ = h̅∘(n−h_{t−1})∘z∘(1−z)    n̅ = h̅∘z    h̅_{t−1} = h̅∘(1−z)
 *
 * Feng et al. 2024, arXiv:2410.01201.
 *
 * Shapes   x [T·B × I]   h [T·B × Hp]   W [I × 2Hp]   b [2Hp], gates in the order z n; no U, no b′
 * Tape     gates [T·B × 2Hp]: z n
 * Cost     2·H·I multiply-adds a sample forward, twice that backward; no allocation
 */
import { accumulate, accumulateBias } from "../../../math/linear/accumulate.as";
import { project } from "../../../math/linear/project.as";
import { projectBack } from "../../../math/linear/projectBack.as";
import { flush, sigmoidRows } from "../../../math/activations.as";
import { Layer, Pass } from "../layer.as";

export function forward(layer: Layer, pass: Pass): void {
  const B = pass.rows, T = pass.steps, Hp = <usize>layer.padded << 2, V = layer.padded >> 2;
  const stride = pass.gateStride;
  // No gate reads the state: the weights stream through once for all samples.
  project(pass.gates, stride, layer.b, 0, pass.x, pass.xStride, layer.W, T * B, layer.inputs, 2 * V);
  sigmoidRows(pass.gates, pass.gates, Hp, T * B, stride, stride);
  let gates = pass.gates, h0 = pass.h0, h = pass.h;
  for (let t: u32 = 0; t < T; t++) {
    blend(gates, stride, h0, h, Hp, B);
    h0 = h;
    h += B * Hp;
    gates += B * stride;
  }
}

function blend(a: usize, stride: usize, h0: usize, h: usize, Hp: usize, B: u32): void {
  const one = f32x4.splat(1);
  do {
    let at: usize = 0;
    do {
      const z = v128.load(a + at);
      const kept = f32x4.mul(f32x4.sub(one, z), v128.load(h0 + at));
      v128.store(h + at, flush(f32x4.add(kept, f32x4.mul(z, v128.load(a + Hp + at))), 1e-15));
      at += 16;
    } while (at < Hp);
    a += stride;
    h0 += Hp;
    h += Hp;
  } while (--B);
}

export function backward(layer: Layer, pass: Pass): void {
  const B = pass.rows, T = pass.steps, M = T * B, Hp = <usize>layer.padded << 2, V = layer.padded >> 2;
  const row = B * Hp, stride = pass.gateStride, dStride = pass.dStride;
  for (let t = T; t-- > 0;) {
    const h0 = t ? pass.h + (t - 1) * row : pass.h0;
    const gates = pass.gates + t * B * stride, d = pass.dGates + t * B * dStride, dh = pass.dh + t * row;
    for (let m: u32 = 0; m < B; m++) unblend(gates + m * stride, h0 + m * Hp, dh + m * Hp, pass.dhCarry + m * Hp, d + m * dStride, Hp);
  }
  const delta = pass.gradients, d = pass.dGates;
  accumulate(layer.W + delta, pass.x, pass.xStride, d, dStride, M, layer.inputs, 2 * V);
  accumulateBias(layer.b + delta, d, dStride, M, 2 * V);
  if (pass.dx) projectBack(pass.dx, pass.dxStride, d, dStride, layer.W, M, layer.inputs, 2 * V, pass.sums, 0);
}

// z̅ and n̅; the carried gradient becomes h̅∘(1−z).
function unblend(a: usize, h0: usize, dh: usize, dhCarry: usize, d: usize, Hp: usize): void {
  const one = f32x4.splat(1);
  let at: usize = 0;
  do {
    const z = v128.load(a + at), n = v128.load(a + Hp + at);
    const h = f32x4.add(v128.load(dh + at), v128.load(dhCarry + at));
    const rest = f32x4.sub(one, z), hz = f32x4.mul(h, z);
    v128.store(d + at, f32x4.mul(f32x4.mul(hz, rest), f32x4.sub(n, v128.load(h0 + at))));
    v128.store(d + Hp + at, hz);
    v128.store(dhCarry + at, flush(f32x4.mul(h, rest), 1e-18));
    at += 16;
  } while (at < Hp);
}
