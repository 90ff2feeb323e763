/** A readout as the kernels see it: y = φ(z), z = W h + b. */
@unmanaged
export class Readout {
  kind: u32;
  activation: u32; // 0 linear, 1 sigmoid, 2 softmax
  inputs: u32; // Hp, the padded width of h
  outputs: u32; // O
  padded: u32; // Op = ⌈O/4⌉·4
  W: usize; // [O × Hp], packed in panels
  b: usize; // [Op]
}
