/** What every optimizer's kernel gets: n parameters, their gradients, two blocks of moments, the factor of norm clipping, numbers of its own. */
@unmanaged
export class Update {
  count: u32; // a multiple of 4
  parameters: usize;
  gradients: usize;
  first: usize;
  second: usize;
  scale: f32;
  rate: f32;
  decay: f32;
  a: f32;
  b: f32;
  c: f32;
  d: f32;
  nesterov: f32;
}
