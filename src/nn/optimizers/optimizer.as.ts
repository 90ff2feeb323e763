/** What every optimizer's kernel gets: n parameters, their gradients, two blocks of moments, the factor of norm clipping, numbers of its own. */
@unmanaged
export class Update {
  count: u32; // a multiple of 4
  parameters: usize;
  gradients: usize;
  first: usize;
  second: usize;
  scale: f32;
  rate: f32; // η, for Adam and its kin η/(1−β₁ᵏ)
  base: f32; // η
  decay: f32;
  a: f64; // a decay's rest, 1 − a, would lose digits in float32: 1 − 0.999 five of seven
  b: f64;
  c: f32;
  d: f32;
  nesterov: f32;
}
