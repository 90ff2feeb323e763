/**
 * How the gradient of one sample's loss fades on its way back: ‖∂ℓ/∂h_{l,t}‖₂ of every layer l and sample t of a window, all paths from
 * h_{l,t} to ℓ counted, up through the layers and on through time. A pass of its own, on demand: it writes only what updates write again. For networks without dropout.
 * Hochreiter 1991; Bengio, Simard & Frasconi 1994, doi 10.1109/72.279181.
 */
import { cellBackward, lossOf } from "../../../build/dispatch.as";
import { Pass } from "../../nn/cells/layer.as";
import { gather } from "../../nn/embedding/kernel.as";
import { layerAt } from "../../nn/model/model.as";
import { Update } from "../../nn/optimizers/optimizer.as";
import { backward as readoutBackward, deactivate as readoutDeactivate } from "../../nn/readouts/dense/kernel.as";
import { Readout } from "../../nn/readouts/readout.as";
import { Learner, trackAt } from "../learner.as";

/**
 * After `forward` over the window of T samples from `slot` on: the gradient of the last labelled sample's loss, the mean over its rows,
 * into dz. Returns that sample's place in the window; −1: none is labelled.
 */
export function seed(learner: Learner, slot: u32, T: u32): i32 {
  const B = learner.rows, stride = learner.outputStride;
  memory.fill(learner.dz, 0, T * B * stride);
  for (let t = T; t-- > 0;) {
    const at = t * B * stride, end = learner.dz + at + B * stride;
    let y = (learner.fused ? learner.windowZ : learner.windowY) + at, target = learner.target + slot * B * stride + at, present: u32 = 0;
    for (let d = learner.dz + at; d < end; d += stride, y += stride, target += stride) {
      const loss = lossOf(learner.loss, y, target, d, learner.outputs, learner.lossParameters);
      if (loss == loss) present += 1;
    }
    if (!present) continue;
    const scale = f32x4.splat(<f32>(1.0 / <f64>present));
    for (let d = learner.dz + at; d < end; d += 16) v128.store(d, f32x4.mul(v128.load(d), scale));
    return t;
  }
  return -1;
}

/** After `forward`, with the gradient by the outputs in dz: the norms into `out`, f64 [layers × T]. */
export function norms(learner: Learner, slot: u32, T: u32, out: usize): void {
  const model = learner.model, B = learner.rows;
  const pass = changetype<Pass>(model.pass), update = changetype<Update>(learner.update);
  const delta = update.gradients - update.parameters;
  memory.fill(update.gradients, 0, <usize>update.count << 2);
  for (let l: u32 = 0; l < model.layers; l++) {
    const track = trackAt(learner, l), row = B * (<usize>layerAt(model, l).padded << 2);
    memory.fill(track.dhCarry, 0, row);
    if (track.dcCarry) memory.fill(track.dcCarry, 0, row);
  }
  pass.steps = 1;
  pass.rows = B;
  pass.gradients = delta;
  pass.sums = model.sums;
  // Sample by sample, so that the gradient of each state stands in the carries in between.
  for (let t = T; t-- > 0;) {
    const dz = learner.dz + t * B * learner.outputStride;
    let dh = learner.dh;
    if (model.readout) {
      const top = trackAt(learner, model.layers - 1), readout = changetype<Readout>(model.readout), Hp = <usize>readout.inputs << 2;
      if (!learner.fused && readout.activation) readoutDeactivate(readout, learner.windowY + t * B * learner.outputStride, dz, B);
      readoutBackward(readout, top.windowH + t * B * Hp, Hp, dz, dh, B, learner.zeros, delta);
    } else dh = dz;
    for (let l = model.layers; l-- > 0;) {
      const layer = layerAt(model, l), track = trackAt(learner, l), Hp = <usize>layer.padded << 2, row = B * Hp;
      const below = dh == learner.dh ? learner.dh + learner.dhStep : learner.dh;
      store<f64>(out + ((l * T + t) << 3), normOfSum(dh, track.dhCarry, row));
      pass.h = track.windowH + t * row;
      pass.c = track.windowC + t * row;
      pass.h0 = pass.h - row;
      pass.c0 = pass.c - row;
      pass.gateStride = track.gateStride;
      pass.gates = track.windowGates + t * B * track.gateStride;
      pass.dGates = track.dGates;
      pass.dStride = track.dStride;
      pass.dh = dh;
      pass.dhCarry = track.dhCarry;
      pass.dcCarry = track.dcCarry;
      if (l) {
        pass.xStride = <usize>layerAt(model, l - 1).padded << 2;
        pass.x = trackAt(learner, l - 1).windowH + t * B * pass.xStride;
        pass.dx = below;
        pass.dxStride = pass.xStride;
      } else {
        pass.xStride = <usize>model.inputs << 2;
        pass.x = learner.x + (slot + t) * B * pass.xStride;
        if (model.embedding) {
          gather(learner.embedded, pass.x, model.embedding, model.embeddedBytes, B);
          pass.x = learner.embedded;
          pass.xStride = model.embeddedBytes;
        }
        pass.dx = 0;
      }
      cellBackward(layer, pass);
      dh = below;
    }
  }
}

// In float64: a norm near 1e-30 has squares that float32 does not have.
function normOfSum(a: usize, b: usize, bytes: usize): f64 {
  let sum: f64 = 0;
  for (const end = a + bytes; a < end; a += 4, b += 4) {
    const d = <f64>load<f32>(a) + <f64>load<f32>(b);
    sum += d * d;
  }
  return sqrt<f64>(sum);
}
