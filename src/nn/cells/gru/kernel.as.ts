/**
 * GRU, forward and backward over a pass of T samples.
 *
 *   r, z = σ(W x_t + U h_{t−1} + b + b′)       h_t = z∘h_{t−1} + (1−z)∘n
 *   reset after  (variant 0)   q = U h_{t−1} + b′    n = tanh(W x_t + b + r∘q)
 *   reset before (variant 1)   q = r∘h_{t−1}         n = tanh(W x_t + b + U q + b′)
 *
 *   n̅ = h̅∘(1−z)∘(1−n²)      z̅ = h̅∘(h_{t−1}−n)∘z∘(1−z)      h̅_{t−1} = h̅∘z + Uᵀ[r̅ z̅] + …
 *   reset after    r̅ = n̅∘q∘r∘(1−r)          q̅ = n̅∘r       … Uᵀq̅
 *   reset before   r̅ = q̅∘h_{t−1}∘r∘(1−r)    q̅ = Uᵀn̅       … q̅∘r
 *
 * Cho et al. 2014, arXiv:1406.1078; reset after: cuDNN's and PyTorch's form.
 *
 * Shapes   x [T·B × I]   h [T·B × Hp]   W [I × 2Hp] for r z, then [I × Hp] for n   U [H × …] likewise   b, b′ [3Hp], r z n
 * Tape     gates [T·B × 4Hp]: r z n q        gradients [T·B × 4Hp]: r̅ z̅ n̅ q̅
 * Cost     3·H·(I + H) multiply-adds a sample forward, twice that backward; no allocation
 */
import { accumulate, accumulateBias } from "../../../math/linear/accumulate.as";
import { project, projectBoth } from "../../../math/linear/project.as";
import { projectBack } from "../../../math/linear/projectBack.as";
import { flush, sigmoidSums, tanhRows, tanhSums } from "../../../math/activations.as";
import { Layer, Pass } from "../layer.as";

export function forward(layer: Layer, pass: Pass): void {
  const B = pass.rows, T = pass.steps, I = layer.inputs, H = layer.units, Hp = <usize>layer.padded << 2, V = layer.padded >> 2;
  const stride = pass.gateStride, before = layer.variant == 1, N = 2 * Hp, Q = 3 * Hp, xStride = pass.xStride;
  const W = layer.W, Wn = W + N * I, U = layer.U, Un = U + N * H, b = layer.b, b2 = layer.b2;
  // A wide input is projected for all samples at once: its weights stream through once. The order of the sums is the same.
  const ahead = T > 1 && I > 8;
  if (ahead) {
    project(pass.gates, stride, b, 0, pass.x, xStride, W, T * B, I, 2 * V);
    project(pass.gates + N, stride, b + N, 0, pass.x, xStride, Wn, T * B, I, V);
  }
  let gates = pass.gates, x = pass.x, h0 = pass.h0, h = pass.h;
  for (let t: u32 = 0; t < T; t++) {
    const n = gates + N, q = gates + Q;
    if (ahead) project(gates, stride, gates, stride, h0, Hp, U, B, H, 2 * V);
    else {
      projectBoth(gates, stride, b, 0, x, xStride, W, I, h0, Hp, U, H, B, 2 * V);
      project(n, stride, b + N, 0, x, xStride, Wn, B, I, V);
    }
    sigmoidSums(gates, b2, N, B, stride);
    if (before) {
      reset(gates, stride, h0, Hp, B);
      project(n, stride, n, stride, q, stride, Un, B, H, V);
      tanhSums(n, b2 + N, Hp, B, stride);
    } else {
      project(q, stride, b2 + N, 0, h0, Hp, Un, B, H, V);
      propose(gates, stride, Hp, B);
      tanhRows(n, n, Hp, B, stride, stride);
    }
    blend(gates, stride, h0, h, Hp, B);
    x += B * xStride;
    h0 = h;
    h += B * Hp;
    gates += B * stride;
  }
}

// Reset before: q = r∘h.
function reset(a: usize, stride: usize, h: usize, Hp: usize, B: u32): void {
  do {
    const q = a + 3 * Hp;
    let at: usize = 0;
    do {
      v128.store(q + at, f32x4.mul(v128.load(a + at), v128.load(h + at)));
      at += 16;
    } while (at < Hp);
    a += stride;
    h += Hp;
  } while (--B);
}

// Reset after: n += r∘q.
function propose(a: usize, stride: usize, Hp: usize, B: u32): void {
  do {
    const n = a + 2 * Hp, q = a + 3 * Hp;
    let at: usize = 0;
    do {
      v128.store(n + at, f32x4.add(v128.load(n + at), f32x4.mul(v128.load(a + at), v128.load(q + at))));
      at += 16;
    } while (at < Hp);
    a += stride;
  } while (--B);
}

function blend(a: usize, stride: usize, h0: usize, h: usize, Hp: usize, B: u32): void {
  const Z = Hp, N = 2 * Hp, one = f32x4.splat(1);
  do {
    let at: usize = 0;
    do {
      const z = v128.load(a + Z + at);
      const kept = f32x4.mul(z, v128.load(h0 + at));
      v128.store(h + at, flush(f32x4.add(kept, f32x4.mul(f32x4.sub(one, z), v128.load(a + N + at))), 1e-15));
      at += 16;
    } while (at < Hp);
    a += stride;
    h0 += Hp;
    h += Hp;
  } while (--B);
}

export function backward(layer: Layer, pass: Pass): void {
  const B = pass.rows, T = pass.steps, H = layer.units, Hp = <usize>layer.padded << 2, V = layer.padded >> 2;
  const row = B * Hp, stride = pass.gateStride, dStride = pass.dStride, before = layer.variant == 1, Un = layer.U + 2 * Hp * H;
  for (let t = T; t-- > 0;) {
    const h0 = t ? pass.h + (t - 1) * row : pass.h0;
    const gates = pass.gates + t * B * stride, d = pass.dGates + t * B * dStride, dh = pass.dh + t * row;
    for (let m: u32 = 0; m < B; m++) unblend(gates + m * stride, h0 + m * Hp, dh + m * Hp, pass.dhCarry + m * Hp, d + m * dStride, Hp);
    if (before) {
      projectBack(d + 3 * Hp, dStride, d + 2 * Hp, dStride, Un, B, H, V, pass.sums, 0);
      for (let m: u32 = 0; m < B; m++) unreset(gates + m * stride, h0 + m * Hp, pass.dhCarry + m * Hp, d + m * dStride, Hp);
    } else {
      for (let m: u32 = 0; m < B; m++) unpropose(gates + m * stride, d + m * dStride, Hp);
      projectBack(pass.dhCarry, Hp, d + 3 * Hp, dStride, Un, B, H, V, pass.sums, 1);
    }
    projectBack(pass.dhCarry, Hp, d, dStride, layer.U, B, H, 2 * V, pass.sums, 1);
  }
  const delta = pass.gradients, d = pass.dGates, M = T * B, N = 2 * Hp, Q = 3 * Hp;
  const I = layer.inputs, Wn = layer.W + N * I;
  accumulate(layer.W + delta, pass.x, pass.xStride, d, dStride, M, I, 2 * V);
  accumulate(Wn + delta, pass.x, pass.xStride, d + N, dStride, M, I, V);
  accumulate(layer.U + delta, pass.h0, Hp, d, dStride, M, H, 2 * V);
  if (before) accumulate(Un + delta, pass.gates + Q, stride, d + N, dStride, M, H, V);
  else accumulate(Un + delta, pass.h0, Hp, d + Q, dStride, M, H, V);
  accumulateBias(layer.b + delta, d, dStride, M, 3 * V);
  accumulateBias(layer.b2 + delta, d, dStride, M, 2 * V);
  accumulateBias(layer.b2 + N + delta, before ? d + N : d + Q, dStride, M, V);
  if (pass.dx) {
    projectBack(pass.dx, pass.dxStride, d, dStride, layer.W, M, I, 2 * V, pass.sums, 0);
    projectBack(pass.dx, pass.dxStride, d + N, dStride, Wn, M, I, V, pass.sums, 1);
  }
}

// z̅ and n̅; the carried gradient becomes h̅∘z.
function unblend(a: usize, h0: usize, dh: usize, dhCarry: usize, d: usize, Hp: usize): void {
  const Z = Hp, N = 2 * Hp, one = f32x4.splat(1);
  let at: usize = 0;
  do {
    const z = v128.load(a + Z + at), n = v128.load(a + N + at);
    const h = f32x4.add(v128.load(dh + at), v128.load(dhCarry + at));
    const hz = f32x4.mul(h, z), rest = f32x4.sub(one, z);
    v128.store(d + Z + at, f32x4.mul(f32x4.mul(hz, rest), f32x4.sub(v128.load(h0 + at), n)));
    v128.store(d + N + at, f32x4.mul(f32x4.mul(h, rest), f32x4.sub(one, f32x4.mul(n, n))));
    v128.store(dhCarry + at, hz);
    at += 16;
  } while (at < Hp);
}

// Reset after: r̅ and q̅.
function unpropose(a: usize, d: usize, Hp: usize): void {
  const N = 2 * Hp, Q = 3 * Hp, one = f32x4.splat(1);
  let at: usize = 0;
  do {
    const r = v128.load(a + at);
    const q = f32x4.mul(v128.load(d + N + at), r);
    v128.store(d + Q + at, q);
    v128.store(d + at, f32x4.mul(f32x4.mul(q, v128.load(a + Q + at)), f32x4.sub(one, r)));
    at += 16;
  } while (at < Hp);
}

// Reset before: r̅ from q̅; the carried gradient gains q̅∘r.
function unreset(a: usize, h0: usize, dhCarry: usize, d: usize, Hp: usize): void {
  const Q = 3 * Hp, one = f32x4.splat(1);
  let at: usize = 0;
  do {
    const r = v128.load(a + at);
    const qr = f32x4.mul(v128.load(d + Q + at), r);
    v128.store(dhCarry + at, f32x4.add(v128.load(dhCarry + at), qr));
    v128.store(d + at, f32x4.mul(f32x4.mul(qr, v128.load(h0 + at)), f32x4.sub(one, r)));
    at += 16;
  } while (at < Hp);
}
