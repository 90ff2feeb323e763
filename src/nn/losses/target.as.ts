/** How many of a target's elements are there; a missing one is NaN. */
export function countPresent(target: usize, width: u32): u32 {
  let n: u32 = 0;
  for (const end = target + (width << 2); target < end; target += 4) n += u32(load<f32>(target) == load<f32>(target));
  return n;
}
