/**
 * Truncated BPTT over a tape of samples: `stream` moves the running state one step and keeps what it leaves behind; `update` takes a
 * window of the tape, runs it forward again where the weights have changed since, back-propagates its loss, clips, and steps the optimizer.
 * Williams & Peng 1990, doi 10.1162/neco.1990.2.4.490 (k1 ≥ 1 samples between updates, k2 samples back).
 */
import { cellBackward, cellForward, lossAlongTime, lossOf, optimize } from "../../build/dispatch.as";
import { Pass } from "../nn/cells/layer.as";
import { gather, scatter } from "../nn/embedding/kernel.as";
import { flush } from "../math/activations.as";
import { layerAt, Model } from "../nn/model/model.as";
import { skip, skipBack } from "../nn/model/skip.as";
import { Update } from "../nn/optimizers/optimizer.as";
import { backward as readoutBackward, deactivate as readoutDeactivate, forward as readoutForward } from "../nn/readouts/dense/kernel.as";
import { Readout } from "../nn/readouts/readout.as";
import { Learner, Track, trackAt } from "./learner.as";

// @ts-ignore: decorator
@inline function sampleAt(learner: Learner, slot: u32): usize {
  return learner.x + slot * learner.rows * (<usize>learner.model.inputs << 2);
}

// What the first layer reads of the samples from `slot` on.
function readInput(learner: Learner, pass: Pass, slot: u32): void {
  const model = learner.model;
  pass.xStride = <usize>model.inputs << 2;
  pass.x = sampleAt(learner, slot);
  if (!model.embedding) return;
  gather(learner.embedded, pass.x, model.embedding, model.embeddedBytes, pass.steps * pass.rows);
  pass.x = learner.embedded;
  pass.xStride = model.embeddedBytes;
}

/** One sample: the input at `slot` moves the state that stands before it. Returns the loss of its output; NaN: no target there. */
export function stream(learner: Learner, slot: u32): f64 {
  const model = learner.model, B = learner.rows;
  const pass = changetype<Pass>(model.pass);
  pass.steps = 1;
  pass.rows = B;
  readInput(learner, pass, slot);
  for (let l: u32 = 0; l < model.layers; l++) {
    const layer = layerAt(model, l), track = trackAt(learner, l);
    const row = B * (<usize>layer.padded << 2);
    pass.h = track.h + slot * row;
    pass.c = track.c + slot * row;
    pass.h0 = pass.h - row;
    pass.c0 = pass.c - row;
    pass.gates = track.gates + slot * track.gateStep;
    pass.gateStride = track.gateStride;
    cellForward(layer, pass);
    pass.x = pass.h;
    pass.xStride = <usize>layer.padded << 2;
  }
  const at = slot * B * learner.outputStride;
  if (model.readout) {
    readoutForward(changetype<Readout>(model.readout), pass.x, pass.xStride, learner.z + at, learner.y + at, B, model.sums);
    skip(model, learner.y + at, sampleAt(learner, slot), B);
  }
  return lossAt(learner, slot);
}

/** The mean loss of the outputs at `slot`, over the rows that have a target; NaN: none has. */
export function lossAt(learner: Learner, slot: u32): f64 {
  const stride = learner.outputStride, y = learner.fused ? learner.z : learner.y;
  let at = slot * learner.rows * stride, sum: f64 = 0, present: u32 = 0;
  for (let m: u32 = 0; m < learner.rows; m++, at += stride) {
    const loss = lossOf(learner.loss, y + at, learner.target + at, learner.dz, learner.outputs, learner.lossParameters);
    if (loss == loss) {
      sum += loss;
      present += 1;
    }
  }
  return present ? sum / <f64>present : NaN;
}

/**
 * The window of T samples from `slot` on: gradient of its loss into the gradient block. `again`: run it forward with today's weights.
 * False: no sample of it has a target.
 */
export function backpropagate(learner: Learner, slot: u32, T: u32, again: bool): bool {
  if (again) forward(learner, slot, T);
  if (!lossOfWindow(learner, slot, T, again)) return false;
  backward(learner, slot, T, again);
  return true;
}

/** From the gradient of the readout's input to the loss (dz) to that of every parameter, and of the state before the window. */
export function backward(learner: Learner, slot: u32, T: u32, again: bool): void {
  const model = learner.model, B = learner.rows;
  const pass = changetype<Pass>(model.pass), update = changetype<Update>(learner.update);
  memory.fill(update.gradients, 0, <usize>update.count << 2);
  const delta = update.gradients - update.parameters;
  let dh = learner.dh;
  if (model.readout) {
    const top = trackAt(learner, model.layers - 1), readout = changetype<Readout>(model.readout), Hp = <usize>readout.inputs << 2;
    const at = slot * B * learner.outputStride;
    if (!learner.fused && readout.activation) readoutDeactivate(readout, again ? learner.windowY : learner.y + at, learner.dz, T * B);
    readoutBackward(readout, again ? readOf(top) : top.h + slot * B * Hp, Hp, learner.dz, dh, T * B, learner.zeros, delta);
  } else dh = learner.dz;
  pass.steps = T;
  pass.rows = B;
  pass.gradients = delta;
  pass.sums = model.sums;
  for (let l = model.layers; l-- > 0;) {
    const layer = layerAt(model, l), track = trackAt(learner, l), Hp = <usize>layer.padded << 2, row = B * Hp;
    const below = dh == learner.dh ? learner.dh + learner.dhStep : learner.dh;
    pass.h = again ? track.windowH : track.h + slot * row;
    pass.c = again ? track.windowC : track.c + slot * row;
    pass.h0 = pass.h - row;
    pass.c0 = pass.c - row;
    pass.gates = again ? track.windowGates : track.gates + slot * track.gateStep;
    pass.gateStride = track.gateStride;
    pass.dGates = track.dGates;
    pass.dStride = track.dStride;
    pass.dh = dh;
    pass.dhCarry = track.dhCarry;
    pass.dcCarry = track.dcCarry;
    if (again && track.mask) multiply(dh, dh, track.mask, T * row);
    if (!learner.carry) memory.fill(pass.dhCarry, 0, row);
    if (!learner.carry && pass.dcCarry) memory.fill(pass.dcCarry, 0, row);
    if (l) {
      const under = trackAt(learner, l - 1), width = <usize>layerAt(model, l - 1).padded << 2;
      pass.x = again ? readOf(under) : under.h + slot * B * width;
      pass.xStride = width;
      pass.dx = below;
      pass.dxStride = width;
    } else {
      readInput(learner, pass, slot);
      pass.dx = learner.dx;
      pass.dxStride = (pass.xStride + 15) & ~15;
    }
    cellBackward(layer, pass);
    dh = below;
  }
  if (learner.dx) skipBack(model, learner.dx, pass.dxStride, learner.dz, T * B);
  if (model.embedding)
    scatter(learner.dx, learner.x + slot * B * 4, model.embedding + delta, model.embeddedBytes, T * B);
}

// Where the layer above finds a window's h.
// @ts-ignore: decorator
@inline function readOf(track: Track): usize {
  return track.mask ? track.dropped : track.windowH;
}

// y = x∘mask over `bytes` > 0.
function multiply(y: usize, x: usize, mask: usize, bytes: usize): void {
  const end = x + bytes;
  do {
    v128.store(y, f32x4.mul(v128.load(x), v128.load(mask)));
    x += 16;
    mask += 16;
    y += 16;
  } while (x < end);
}

/** Runs the window forward with today's weights, from the state that stands before it on the tape. */
export function forward(learner: Learner, slot: u32, T: u32): void {
  const model = learner.model, B = learner.rows;
  const pass = changetype<Pass>(model.pass);
  pass.steps = T;
  pass.rows = B;
  readInput(learner, pass, slot);
  for (let l: u32 = 0; l < model.layers; l++) {
    const layer = layerAt(model, l), track = trackAt(learner, l);
    const row = B * (<usize>layer.padded << 2);
    memory.copy(track.windowH - row, track.h + slot * row - row, row);
    if (track.c) memory.copy(track.windowC - row, track.c + slot * row - row, row);
    pass.h = track.windowH;
    pass.c = track.windowC;
    pass.h0 = pass.h - row;
    pass.c0 = pass.c - row;
    pass.gates = track.windowGates;
    pass.gateStride = track.gateStride;
    cellForward(layer, pass);
    if (track.mask) multiply(track.dropped, track.windowH, track.mask, T * row);
    pass.x = readOf(track);
    pass.xStride = <usize>layer.padded << 2;
  }
  if (model.readout) {
    readoutForward(changetype<Readout>(model.readout), pass.x, pass.xStride, learner.windowZ, learner.windowY, T * B, model.sums);
    skip(model, learner.windowY, sampleAt(learner, slot), T * B);
  }
}

function lossOfWindow(learner: Learner, slot: u32, T: u32, again: bool): bool {
  const B = learner.rows, stride = learner.outputStride;
  const streamed = slot * B * stride;
  let y = learner.fused ? (again ? learner.windowZ : learner.z + streamed) : again ? learner.windowY : learner.y + streamed;
  let target = learner.target + streamed, d = learner.dz, sum: f64 = 0, present: u32 = 0;
  // A row's window has one loss, or each of its samples.
  const end = d + (learner.alongTime ? B : T * B) * stride;
  for (; d < end; y += stride, target += stride, d += stride) {
    const loss = learner.alongTime
      ? lossAlongTime(learner.loss, y, target, d, B * stride, T, learner.outputs, learner.lossParameters)
      : lossOf(learner.loss, y, target, d, learner.outputs, learner.lossParameters);
    if (loss == loss) {
      sum += loss;
      present += 1;
    }
  }
  learner.present = present;
  if (!present) return false;
  learner.value = sum / <f64>present;
  const scale = f32x4.splat(<f32>(1.0 / <f64>present));
  for (let at = learner.dz, all = at + T * B * stride; at < all; at += 16) v128.store(at, f32x4.mul(v128.load(at), scale));
  return true;
}

/**
 * Clips by value, then by the global norm n: g ← g·min(1, clip/(n + 1e-6)), and steps the optimizer. Returns the norm before any clipping;
 * nothing changes where it is not finite. Pascanu et al. 2013, arXiv:1211.5063.
 */
export function clipAndStep(learner: Learner): f64 {
  const update = changetype<Update>(learner.update);
  const start = update.gradients, end = start + (<usize>update.count << 2);
  const norm = sqrt<f64>(squares(start, end));
  if (!isFinite(norm)) return norm;
  const bound = learner.clipValue, clip = <f64>learner.clipNorm;
  let bounded = norm;
  if (bound > 0) {
    for (let at = start; at < end; at += 16)
      v128.store(at, f32x4.max(f32x4.min(v128.load(at), f32x4.splat(bound)), f32x4.splat(-bound)));
    bounded = sqrt<f64>(squares(start, end));
  }
  const scale = clip / (bounded + 1e-6);
  learner.clipped = u32(clip > 0 && scale < 1);
  update.scale = learner.clipped ? <f32>scale : 1;
  optimize(learner.optimizer, update);
  return norm;
}

// Four lanes in float32 over a stretch, the stretches in float64.
function squares(at: usize, end: usize): f64 {
  let total: f64 = 0;
  while (at < end) {
    const stop = min(at + 4096, end);
    let s = f32x4.splat(0), t = s;
    for (; at + 16 < stop; at += 32) {
      const a = flush(v128.load(at), 1e-18), b = flush(v128.load(at, 16), 1e-18);
      s = f32x4.add(s, f32x4.mul(a, a));
      t = f32x4.add(t, f32x4.mul(b, b));
    }
    if (at < stop) {
      const a = flush(v128.load(at), 1e-18);
      s = f32x4.add(s, f32x4.mul(a, a));
      at += 16;
    }
    s = f32x4.add(s, t);
    total += <f64>f32x4.extract_lane(s, 0) + <f64>f32x4.extract_lane(s, 1) + <f64>f32x4.extract_lane(s, 2) + <f64>f32x4.extract_lane(s, 3);
  }
  return total;
}

/** One update on the window of T samples from `slot` on. Returns the gradient's norm before clipping; -1: no sample has a target. */
export function update(learner: Learner, slot: u32, T: u32, again: bool): f64 {
  return backpropagate(learner, slot, T, again) ? clipAndStep(learner) : -1;
}

/** Moves the `count` newest slots, and the state before them, to the front of the tape. */
export function slide(learner: Learner, from: u32, count: u32): void {
  const model = learner.model, B = learner.rows;
  const input = B * (<usize>model.inputs << 2), output = B * <usize>learner.outputStride;
  memory.copy(learner.x, learner.x + from * input, count * input);
  memory.copy(learner.target, learner.target + from * output, count * output);
  if (model.readout) memory.copy(learner.z, learner.z + from * output, count * output);
  if (model.readout && learner.y != learner.z) memory.copy(learner.y, learner.y + from * output, count * output);
  for (let l: u32 = 0; l < model.layers; l++) {
    const track = trackAt(learner, l), row = B * (<usize>layerAt(model, l).padded << 2);
    memory.copy(track.h - row, track.h + from * row - row, (count + 1) * row);
    if (track.c) memory.copy(track.c - row, track.c + from * row - row, (count + 1) * row);
    memory.copy(track.gates, track.gates + from * track.gateStep, count * track.gateStep);
  }
}
