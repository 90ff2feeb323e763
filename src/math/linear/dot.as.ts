import { mac } from "./panels.as";

/** Σ_n a_n b_n over V vectors, by two sums. */
export function dot(a: usize, b: usize, V: u32): f32 {
  let s = f32x4.splat(0), t = s;
  const end = a + (<usize>(V & ~1) << 4);
  while (a < end) {
    s = mac(s, v128.load(a), v128.load(b));
    t = mac(t, v128.load(a, 16), v128.load(b, 16));
    a += 32;
    b += 32;
  }
  if (V & 1) s = mac(s, v128.load(a), v128.load(b));
  s = f32x4.add(s, t);
  s = f32x4.add(s, v128.shuffle<f32>(s, s, 2, 3, 0, 1));
  return f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1);
}
