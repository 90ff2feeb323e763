import { Model } from "../nn/model/model.as";

/** What a learner's kernels work on. A slot is one sample's place on the tape: its B rows. Strides in bytes. */
@unmanaged
export class Learner {
  model: Model;
  rows: u32; // B
  outputs: u32; // O
  outputStride: u32; // bytes of a row of z, y, target: Op·4
  x: usize; // [slots × B × I]
  z: usize; // [slots × B × Op] what the loss reads; y is the same place for a linear readout
  y: usize;
  target: usize;
  tracks: usize; // Track × layers
  dz: usize; // [window × B × Op]
  dh: usize; // two [window × B × widest Hp], by turns a layer's and the one's below
  dhStep: usize; // bytes from one to the other
  dx: usize; // [window × B × I] gradient of what the first layer reads, or 0: not wanted
  embedded: usize; // [window × B × Ep] what it reads under an embedding
  carry: u32; // 0: the gradient of the state after the window is zero; 1: it stands in the tracks' dhCarry and dcCarry
  zeros: usize; // [widest Hp]
  windowZ: usize; // [window × B × Op] of a window run again
  windowY: usize;
  loss: u32;
  fused: u32; // the loss reads z
  alongTime: u32; // a row's whole window has one loss
  lossParameters: usize;
  optimizer: u32;
  update: usize; // Update
  clipValue: f32; // 0: none
  clipNorm: f32; // 0: none
  present: u32; // out: rows and samples of the last window that had a target; rows alone along time
  clipped: u32; // out: was the last update's gradient clipped by norm?
  value: f64; // out: the last window's loss
}

/** A layer's part of the tape. */
@unmanaged
export class Track {
  h: usize; // [(1 + slots) × B × Hp], from slot 0 on; the place before slot 0 holds the first state
  c: usize;
  gates: usize; // [slots × B × tape], or one slot that streaming overwrites
  gateStep: usize; // bytes from slot to slot; 0 for one slot
  gateStride: usize;
  windowH: usize; // as h, c and gates, for a window that is run again
  windowC: usize;
  windowGates: usize;
  dGates: usize; // [window × B × deltas·Hp]
  dStride: usize;
  dropped: usize; // [window × B × Hp] h∘mask: what is read of a window's h
  mask: usize; // [window × B × Hp] 0 or 1/(1 − dropout); 0: no dropout
  dhCarry: usize; // [B × Hp] gradient of the state: of the last in, of the first out
  dcCarry: usize;
}

// @ts-ignore: decorator
@inline export function trackAt(learner: Learner, l: u32): Track {
  return changetype<Track>(learner.tracks + l * offsetof<Track>());
}
