import { Layer } from "../cells/layer.as";

/** A network as the kernels see it. */
@unmanaged
export class Model {
  layers: u32;
  first: usize; // Layer × layers
  readout: usize; // Readout, or 0: then the last layer's h is the output
  pass: usize; // Pass, filled anew for each layer
  gates: usize; // scratch of `tile` rows
  gateStride: usize;
  tile: u32; // rows that a step takes at once
  logits: usize; // scratch of `tile` rows
  sums: usize;
  inputs: u32; // numbers in a sample
  skip: u32; // the sample's first numbers are added to the readout's outputs
  embedding: usize; // the table [symbols × Ep], or 0: the first layer reads the sample itself
  embeddedBytes: u32; // Ep·4
  embedded: usize; // scratch of `tile` rows
}

/** Where a layer's running state stands, [rows × Hp] each. */
@unmanaged
export class Place {
  h: usize;
  c: usize;
}

// @ts-ignore: decorator
@inline export function layerAt(model: Model, l: u32): Layer {
  return changetype<Layer>(model.first + l * offsetof<Layer>());
}
