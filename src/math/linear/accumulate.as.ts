import { mac, panels } from "./panels.as";

// Q ∈ {1, 2} rows of W̄ × K ≤ 4 vectors, summed over the M rows of x and ȳ.
// @ts-ignore: decorator
@inline function outer(Q: i32, K: i32, g: usize, width: usize, x: usize, xStride: usize, d: usize, dStride: usize, M: u32): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  do {
    const u = v128.load32_splat(x);
    const v = Q > 1 ? v128.load32_splat(x, 4) : u;
    const d0 = v128.load(d);
    s0 = mac(s0, u, d0);
    if (Q > 1) t0 = mac(t0, v, d0);
    if (K > 1) {
      const d1 = v128.load(d, 16);
      s1 = mac(s1, u, d1);
      if (Q > 1) t1 = mac(t1, v, d1);
    }
    if (K > 2) {
      const d2 = v128.load(d, 32);
      s2 = mac(s2, u, d2);
      if (Q > 1) t2 = mac(t2, v, d2);
    }
    if (K > 3) {
      const d3 = v128.load(d, 48);
      s3 = mac(s3, u, d3);
      if (Q > 1) t3 = mac(t3, v, d3);
    }
    x += xStride;
    d += dStride;
  } while (--M);
  v128.store(g, f32x4.add(v128.load(g), s0));
  if (K > 1) v128.store(g, f32x4.add(v128.load(g, 16), s1), 16);
  if (K > 2) v128.store(g, f32x4.add(v128.load(g, 32), s2), 32);
  if (K > 3) v128.store(g, f32x4.add(v128.load(g, 48), s3), 48);
  if (Q > 1) {
    g += width;
    v128.store(g, f32x4.add(v128.load(g), t0));
    if (K > 1) v128.store(g, f32x4.add(v128.load(g, 16), t1), 16);
    if (K > 2) v128.store(g, f32x4.add(v128.load(g, 32), t2), 32);
    if (K > 3) v128.store(g, f32x4.add(v128.load(g, 48), t3), 48);
  }
}

function outerTile(Q: u32, K: u32, g: usize, width: usize, x: usize, xStride: usize, d: usize, dStride: usize, M: u32): void {
  switch ((Q << 3) | K) {
    case 9: outer(1, 1, g, width, x, xStride, d, dStride, M); break;
    case 10: outer(1, 2, g, width, x, xStride, d, dStride, M); break;
    case 11: outer(1, 3, g, width, x, xStride, d, dStride, M); break;
    case 12: outer(1, 4, g, width, x, xStride, d, dStride, M); break;
    case 17: outer(2, 1, g, width, x, xStride, d, dStride, M); break;
    case 18: outer(2, 2, g, width, x, xStride, d, dStride, M); break;
    case 19: outer(2, 3, g, width, x, xStride, d, dStride, M); break;
    default: outer(2, 4, g, width, x, xStride, d, dStride, M);
  }
}

/** W̄_r += Σ_m x_mr ȳ_m. */
export function accumulate(g: usize, x: usize, xStride: usize, d: usize, dStride: usize, M: u32, R: u32, V: u32): void {
  const P = panels(V);
  for (let p: u32 = 0; p < P; p++) {
    const K = V / P + u32(p < V % P);
    const width = <usize>K << 4;
    const first = K > 4 ? (K + 1) >> 1 : K;
    const skip = <usize>first << 4;
    for (let half: u32 = 0; half < (K > 4 ? 2 : 1); half++) {
      const k = half ? K - first : first;
      const shift = half ? skip : 0;
      let r: u32 = 0;
      for (; r + 1 < R; r += 2) outerTile(2, k, g + r * width + shift, width, x + (r << 2), xStride, d + shift, dStride, M);
      if (r < R) outerTile(1, k, g + r * width + shift, width, x + (r << 2), xStride, d + shift, dStride, M);
    }
    g += width * R;
    d += width;
  }
}

/** b̄ += Σ_m ȳ_m. */
export function accumulateBias(g: usize, d: usize, dStride: usize, M: u32, V: u32): void {
  for (let v: u32 = 0; v < V; v++, g += 16, d += 16) {
    let s = v128.load(g);
    let at = d;
    for (let m: u32 = 0; m < M; m++, at += dStride) s = f32x4.add(s, v128.load(at));
    v128.store(g, s);
  }
}
