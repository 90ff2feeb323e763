/**
 * RNN, forward and backward over a pass of T samples.
 *
 *   h_t = φ(a),  a = W x_t + U h_{t−1} + b + b′;  φ = tanh (variant 0), relu (1), sigmoid (2)
 *
 *   a̅ = h̅∘φ′      φ′ = 1−h²,  1 where h > 0,  h∘(1−h)
 *
 * Elman 1990, doi 10.1207/s15516709cog1402_1.
 *
 * Shapes   x [T·B × I]   h [T·B × Hp]   W [I × Hp]   U [H × Hp]   b, b′ [Hp]
 * Tape     gates [T·B × Hp]: φ(a), where a was summed; backward reads h
 * Cost     H·(I + H) multiply-adds a sample forward, twice that backward; no allocation
 */
import { accumulate, accumulateBias } from "../../../math/linear/accumulate.as";
import { project, projectBoth } from "../../../math/linear/project.as";
import { projectBack } from "../../../math/linear/projectBack.as";
import { flush, sigmoidSums, tanhSums } from "../../../math/activations.as";
import { Layer, Pass } from "../layer.as";

export function forward(layer: Layer, pass: Pass): void {
  const B = pass.rows, T = pass.steps, I = layer.inputs, H = layer.units, Hp = <usize>layer.padded << 2, V = layer.padded >> 2;
  const stride = pass.gateStride, ahead = T > 1 && I > 8;
  // A wide input is projected for all samples at once: its weights stream through once. The order of the sums is the same.
  if (ahead) project(pass.gates, stride, layer.b, 0, pass.x, pass.xStride, layer.W, T * B, I, V);
  let gates = pass.gates, x = pass.x, h0 = pass.h0, h = pass.h;
  for (let t: u32 = 0; t < T; t++) {
    if (ahead) project(gates, stride, gates, stride, h0, Hp, layer.U, B, H, V);
    else projectBoth(gates, stride, layer.b, 0, x, pass.xStride, layer.W, I, h0, Hp, layer.U, H, B, V);
    activate(layer.variant, gates, stride, layer.b2, h, Hp, <usize>H << 2, B);
    x += B * pass.xStride;
    h0 = h;
    h += B * Hp;
    gates += B * stride;
  }
}

function activate(variant: u32, a: usize, stride: usize, b: usize, h: usize, Hp: usize, end: usize, B: u32): void {
  if (variant == 0) tanhSums(a, b, Hp, B, stride);
  else if (variant == 1) reluSums(a, b, Hp, B, stride);
  else sigmoidSums(a, b, Hp, B, stride);
  do {
    // σ(0) is not 0, and the padding has to be.
    for (let at = end; at < Hp; at += 4) store<f32>(a + at, 0);
    let at: usize = 0;
    do {
      v128.store(h + at, flush(v128.load(a + at), 1e-15));
      at += 16;
    } while (at < Hp);
    a += stride;
    h += Hp;
  } while (--B);
}

function reluSums(x: usize, b: usize, bytes: usize, rows: u32, stride: usize): void {
  const zero = f32x4.splat(0);
  do {
    let at: usize = 0;
    do {
      v128.store(x + at, f32x4.max(f32x4.add(v128.load(x + at), v128.load(b + at)), zero));
      at += 16;
    } while (at < bytes);
    x += stride;
  } while (--rows);
}

export function backward(layer: Layer, pass: Pass): void {
  const B = pass.rows, T = pass.steps, H = layer.units, Hp = <usize>layer.padded << 2, V = layer.padded >> 2;
  const row = B * Hp, dStride = pass.dStride;
  for (let t = T; t-- > 0;) {
    const h = pass.h + t * row, dh = pass.dh + t * row, d = pass.dGates + t * B * dStride;
    for (let m: u32 = 0; m < B; m++) deactivate(layer.variant, h + m * Hp, dh + m * Hp, pass.dhCarry + m * Hp, d + m * dStride, Hp);
    projectBack(pass.dhCarry, Hp, d, dStride, layer.U, B, H, V, pass.sums, 0);
  }
  const delta = pass.gradients, d = pass.dGates;
  accumulate(layer.W + delta, pass.x, pass.xStride, d, dStride, T * B, layer.inputs, V);
  accumulate(layer.U + delta, pass.h0, Hp, d, dStride, T * B, H, V);
  accumulateBias(layer.b + delta, d, dStride, T * B, V);
  accumulateBias(layer.b2 + delta, d, dStride, T * B, V);
  if (pass.dx) projectBack(pass.dx, pass.dxStride, d, dStride, layer.W, T * B, layer.inputs, V, pass.sums, 0);
}

function deactivate(variant: u32, h: usize, dh: usize, dhCarry: usize, d: usize, Hp: usize): void {
  const one = f32x4.splat(1), zero = f32x4.splat(0), end = h + Hp;
  do {
    const y = v128.load(h);
    let slope: v128;
    if (variant == 0) slope = f32x4.sub(one, f32x4.mul(y, y));
    else if (variant == 1) slope = v128.and(f32x4.gt(y, zero), one);
    else slope = f32x4.mul(y, f32x4.sub(one, y));
    v128.store(d, f32x4.mul(f32x4.add(v128.load(dh), v128.load(dhCarry)), slope));
    h += 16;
    dh += 16;
    dhCarry += 16;
    d += 16;
  } while (h < end);
}
