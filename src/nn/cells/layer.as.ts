/** One recurrent layer as the kernels see it. Matrices are packed in panels (linear/panels.as.ts); every gate is padded to Hp = ⌈H/4⌉·4 columns. */
@unmanaged
export class Layer {
  cell: u32;
  variant: u32; // what tells the cell's forms apart: rnn's activation, gru's reset
  inputs: u32;
  units: u32; // H
  padded: u32; // Hp
  // A parameter that the cell does not declare is 0.
  W: usize; // [inputs × gates·Hp]
  U: usize; // [H × gates·Hp]
  b: usize; // [gates·Hp]
  b2: usize; // b′ [gates·Hp]
}

/**
 * One pass of a layer over T = `steps` samples of B = `rows` independent rows, time-major: entry t·B + row. Strides in bytes.
 * h and c hold the states after each sample; h0 and c0 [B × Hp] those before the first. With T = 1 they may be the same place.
 * Backward: h0 and c0 stand right before h and c. `dh` [T·B × Hp] comes in as the gradient that reaches h from above; `dhCarry`, `dcCarry` [B × Hp] hold the gradient of the
 * state after the last sample and leave as that of h0 and c0 (set); parameter gradients accumulate (+=) at `gradients` bytes from the
 * parameters; `dx` is set where it is not 0.
 */
@unmanaged
export class Pass {
  steps: u32;
  rows: u32;
  x: usize;
  xStride: usize;
  h0: usize;
  c0: usize;
  h: usize;
  c: usize;
  gates: usize; // what forward leaves for backward; its width is the cell's own
  gateStride: usize;
  dh: usize;
  dhCarry: usize;
  dcCarry: usize;
  dGates: usize;
  dStride: usize;
  dx: usize;
  dxStride: usize;
  gradients: usize;
  sums: usize; // 16 bytes for each row of the widest matrix
}
