import { Readout } from "../readouts/readout.as";
import { Model } from "./model.as";

/** Skip connection: y += x for M rows, the first numbers of a sample on the outputs, one to one. Wright et al. 2019. */
export function skip(model: Model, y: usize, x: usize, M: u32): void {
  if (!model.skip) return;
  const readout = changetype<Readout>(model.readout);
  add(y, <usize>readout.padded << 2, x, <usize>model.inputs << 2, readout.outputs, M);
}

/** Its backward pass: x̄ += ȳ. */
export function skipBack(model: Model, dx: usize, dxStride: usize, dy: usize, M: u32): void {
  if (!model.skip) return;
  const readout = changetype<Readout>(model.readout);
  add(dx, dxStride, dy, <usize>readout.padded << 2, readout.outputs, M);
}

// y += x, n numbers of each of M rows.
function add(y: usize, yStride: usize, x: usize, xStride: usize, n: u32, M: u32): void {
  for (let m: u32 = 0; m < M; m++, y += yStride, x += xStride) {
    for (let at: usize = 0; at < <usize>n << 2; at += 4) store<f32>(y + at, load<f32>(y + at) + load<f32>(x + at));
  }
}
