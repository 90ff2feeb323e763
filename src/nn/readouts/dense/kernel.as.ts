/**
 * Dense readout: z = W h + b, y = φ(z), φ linear, sigmoid or softmax.
 *
 *   linear   z̄ = ȳ      sigmoid  z̄ = ȳ∘y∘(1−y)      softmax  z̄ = y∘(ȳ − Σ ȳ∘y)
 *   h̄ = Wᵀ z̄    W̄ += z̄ hᵀ    b̄ += z̄
 *
 * Shapes   h [M × Hp]   z, y, their gradients [M × Op]   W [O × Hp]   b [Op]
 * Cost     O·H multiply-adds a row forward, twice that backward
 */
import { accumulate, accumulateBias } from "../../../math/linear/accumulate.as";
import { dot } from "../../../math/linear/dot.as";
import { project } from "../../../math/linear/project.as";
import { projectBack } from "../../../math/linear/projectBack.as";
import { exp, sigmoidRows } from "../../../math/activations.as";
import { Readout } from "../readout.as";

export function forward(readout: Readout, h: usize, hStride: usize, z: usize, y: usize, M: u32, sums: usize): void {
  const Op = <usize>readout.padded << 2;
  // One output's row of W is in one piece.
  if (readout.outputs == 1) {
    const bias = load<f32>(readout.b);
    for (let m: u32 = 0; m < M; m++) store<f32>(z + m * Op, bias + dot(readout.W, h + m * hStride, readout.inputs >> 2));
  } else {
    for (let m: u32 = 0; m < M; m++) for (let at: usize = 0; at < Op; at += 16) v128.store(z + m * Op + at, v128.load(readout.b + at));
    projectBack(z, Op, h, hStride, readout.W, M, readout.outputs, readout.inputs >> 2, sums, 1);
  }
  if (readout.activation == 1) sigmoidRows(y, z, M * Op, 1, 0, 0);
  if (readout.activation == 2) for (let m: u32 = 0; m < M; m++) softmax(z + m * Op, y + m * Op, readout.outputs);
}

function softmax(z: usize, y: usize, n: u32): void {
  const end = z + (n << 2);
  let top: f32 = load<f32>(z);
  for (let at = z; at < end; at += 4) top = max(top, load<f32>(at));
  let sum: f64 = 0;
  for (let at = z; at < end; at += 4, y += 4) {
    const e = exp(<f64>load<f32>(at) - <f64>top);
    sum += e;
    store<f32>(y, <f32>e);
  }
  const scale = <f32>(1.0 / sum);
  for (let at = y - (n << 2); at < y; at += 4) store<f32>(at, load<f32>(at) * scale);
}

/** Turns the gradient of y, in place, into that of z. */
export function deactivate(readout: Readout, y: usize, d: usize, M: u32): void {
  const Op = <usize>readout.padded << 2, n = <usize>readout.outputs << 2;
  for (let m: u32 = 0; m < M; m++, y += Op, d += Op) {
    let sum: f32 = 0;
    if (readout.activation == 2) for (let at: usize = 0; at < n; at += 4) sum += load<f32>(d + at) * load<f32>(y + at);
    for (let at: usize = 0; at < n; at += 4) {
      const p = load<f32>(y + at), g = load<f32>(d + at);
      store<f32>(d + at, readout.activation == 2 ? p * (g - sum) : g * p * (1 - p));
    }
  }
}

/** `d`: the gradient of z; `dh` is set. */
export function backward(readout: Readout, h: usize, hStride: usize, d: usize, dh: usize, M: u32, zeros: usize, delta: usize): void {
  const Op = <usize>readout.padded << 2, V = readout.inputs >> 2;
  project(dh, <usize>readout.inputs << 2, zeros, 0, d, Op, readout.W, M, readout.outputs, V);
  accumulate(readout.W + delta, d, Op, h, hStride, M, readout.outputs, V);
  accumulateBias(readout.b + delta, d, Op, M, readout.padded >> 2);
}
