/**
 * The three products a recurrent layer is made of, over one packed weight matrix W [R rows × N columns], N = 4·V:
 *
 *   project      y_m = a_m + Σ_r x_mr W_r        forward
 *   projectBack  x̄_mr = Σ_n ȳ_mn W_rn            gradient of the input
 *   accumulate   W̄_rn += Σ_m x_mr ȳ_mn           gradient of the weights
 *
 * Layout   W is cut into ⌈V/8⌉ panels of columns, as even as can be, each panel R rows of K ≤ 8 vectors, back to back: a panel
 *          streams through once with K sums in registers. Gradients and optimizer moments share the layout.
 * Gradients of the input below 1e-18 become 0: see flush in math.as.ts.
 * Order    every y_mn sums its products in the order of r, alone or in a batch: the same bits. Strides are in bytes.
 * Cost     M·R·N multiply-adds; per multiply-add of four lanes 1 weight load (alone) or ½ (in pairs of rows).
 */
import { flush } from "./math.as";

// @ts-ignore: decorator
@inline function mac(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** Vectors in panel p of V: the first V mod P panels have one more. */
// @ts-ignore: decorator
@inline function panels(V: u32): u32 {
  return (V + 6) / 7;
}

// One row of x and one of h: K sums over the R rows of a panel of W, then the Q rows of a panel of U.
// @ts-ignore: decorator
@inline function row(K: i32, y: usize, a: usize, x: usize, W: usize, R: u32, h: usize, U: usize, Q: u32): void {
  let s0 = v128.load(a), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0;
  if (K > 1) s1 = v128.load(a, 16);
  if (K > 2) s2 = v128.load(a, 32);
  if (K > 3) s3 = v128.load(a, 48);
  if (K > 4) s4 = v128.load(a, 64);
  if (K > 5) s5 = v128.load(a, 80);
  if (K > 6) s6 = v128.load(a, 96);
  if (R) {
    const end = x + (<usize>R << 2);
    do {
      const u = v128.load32_splat(x);
      s0 = mac(s0, u, v128.load(W));
      if (K > 1) s1 = mac(s1, u, v128.load(W, 16));
      if (K > 2) s2 = mac(s2, u, v128.load(W, 32));
      if (K > 3) s3 = mac(s3, u, v128.load(W, 48));
      if (K > 4) s4 = mac(s4, u, v128.load(W, 64));
      if (K > 5) s5 = mac(s5, u, v128.load(W, 80));
      if (K > 6) s6 = mac(s6, u, v128.load(W, 96));
      W += (<usize>K) << 4;
      x += 4;
    } while (x < end);
  }
  if (Q) {
    const end = h + (<usize>Q << 2);
    do {
      const u = v128.load32_splat(h);
      s0 = mac(s0, u, v128.load(U));
      if (K > 1) s1 = mac(s1, u, v128.load(U, 16));
      if (K > 2) s2 = mac(s2, u, v128.load(U, 32));
      if (K > 3) s3 = mac(s3, u, v128.load(U, 48));
      if (K > 4) s4 = mac(s4, u, v128.load(U, 64));
      if (K > 5) s5 = mac(s5, u, v128.load(U, 80));
      if (K > 6) s6 = mac(s6, u, v128.load(U, 96));
      U += (<usize>K) << 4;
      h += 4;
    } while (h < end);
  }
  v128.store(y, s0);
  if (K > 1) v128.store(y, s1, 16);
  if (K > 2) v128.store(y, s2, 32);
  if (K > 3) v128.store(y, s3, 48);
  if (K > 4) v128.store(y, s4, 64);
  if (K > 5) v128.store(y, s5, 80);
  if (K > 6) v128.store(y, s6, 96);
}

function rowPanel(K: u32, y: usize, a: usize, x: usize, W: usize, R: u32, h: usize, U: usize, Q: u32): void {
  switch (K) {
    case 1: row(1, y, a, x, W, R, h, U, Q); break;
    case 2: row(2, y, a, x, W, R, h, U, Q); break;
    case 3: row(3, y, a, x, W, R, h, U, Q); break;
    case 4: row(4, y, a, x, W, R, h, U, Q); break;
    case 5: row(5, y, a, x, W, R, h, U, Q); break;
    case 6: row(6, y, a, x, W, R, h, U, Q); break;
    default: row(7, y, a, x, W, R, h, U, Q);
  }
}

// Two rows at once, K ≤ 4 columns of panels `width` bytes wide: each weight is loaded once for both.
// @ts-ignore: decorator
@inline function pair(K: i32, y: usize, yStride: usize, a: usize, aStride: usize, x: usize, xStride: usize, W: usize, R: u32, h: usize, hStride: usize, U: usize, Q: u32, width: usize): void {
  const b = a + aStride;
  let s0 = v128.load(a), s1 = s0, s2 = s0, s3 = s0;
  let t0 = v128.load(b), t1 = t0, t2 = t0, t3 = t0;
  if (K > 1) s1 = v128.load(a, 16), t1 = v128.load(b, 16);
  if (K > 2) s2 = v128.load(a, 32), t2 = v128.load(b, 32);
  if (K > 3) s3 = v128.load(a, 48), t3 = v128.load(b, 48);
  if (R) {
    const end = x + (<usize>R << 2);
    do {
      const u = v128.load32_splat(x), v = v128.load32_splat(x + xStride);
      const w0 = v128.load(W);
      s0 = mac(s0, u, w0);
      t0 = mac(t0, v, w0);
      if (K > 1) {
        const w1 = v128.load(W, 16);
        s1 = mac(s1, u, w1);
        t1 = mac(t1, v, w1);
      }
      if (K > 2) {
        const w2 = v128.load(W, 32);
        s2 = mac(s2, u, w2);
        t2 = mac(t2, v, w2);
      }
      if (K > 3) {
        const w3 = v128.load(W, 48);
        s3 = mac(s3, u, w3);
        t3 = mac(t3, v, w3);
      }
      x += 4;
      W += width;
    } while (x < end);
  }
  if (Q) {
    const end = h + (<usize>Q << 2);
    do {
      const u = v128.load32_splat(h), v = v128.load32_splat(h + hStride);
      const w0 = v128.load(U);
      s0 = mac(s0, u, w0);
      t0 = mac(t0, v, w0);
      if (K > 1) {
        const w1 = v128.load(U, 16);
        s1 = mac(s1, u, w1);
        t1 = mac(t1, v, w1);
      }
      if (K > 2) {
        const w2 = v128.load(U, 32);
        s2 = mac(s2, u, w2);
        t2 = mac(t2, v, w2);
      }
      if (K > 3) {
        const w3 = v128.load(U, 48);
        s3 = mac(s3, u, w3);
        t3 = mac(t3, v, w3);
      }
      h += 4;
      U += width;
    } while (h < end);
  }
  const z = y + yStride;
  v128.store(y, s0), v128.store(z, t0);
  if (K > 1) v128.store(y, s1, 16), v128.store(z, t1, 16);
  if (K > 2) v128.store(y, s2, 32), v128.store(z, t2, 32);
  if (K > 3) v128.store(y, s3, 48), v128.store(z, t3, 48);
}

// All pairs of M rows, for the same K columns.
function pairs(K: u32, y: usize, yStride: usize, a: usize, aStride: usize, x: usize, xStride: usize, W: usize, R: u32, h: usize, hStride: usize, U: usize, Q: u32, width: usize, M: u32): void {
  do {
    switch (K) {
      case 1: pair(1, y, yStride, a, aStride, x, xStride, W, R, h, hStride, U, Q, width); break;
      case 2: pair(2, y, yStride, a, aStride, x, xStride, W, R, h, hStride, U, Q, width); break;
      case 3: pair(3, y, yStride, a, aStride, x, xStride, W, R, h, hStride, U, Q, width); break;
      default: pair(4, y, yStride, a, aStride, x, xStride, W, R, h, hStride, U, Q, width);
    }
    y += 2 * yStride;
    a += 2 * aStride;
    x += 2 * xStride;
    h += 2 * hStride;
    M -= 2;
  } while (M > 1);
}

/** y_m = a_m + Σ_r x_mr W_r + Σ_q h_mq U_q for M rows; a may be y itself, or a bias (aStride 0). W and U are packed alike. */
export function projectBoth(y: usize, yStride: usize, a: usize, aStride: usize, x: usize, xStride: usize, W: usize, R: u32, h: usize, hStride: usize, U: usize, Q: u32, M: u32, V: u32): void {
  const P = panels(V);
  const odd = M & 1, m = M - odd;
  for (let p: u32 = 0; p < P; p++) {
    const K = V / P + u32(p < V % P);
    const width = <usize>K << 4;
    if (m) {
      const first = K > 4 ? (K + 1) >> 1 : K;
      pairs(first, y, yStride, a, aStride, x, xStride, W, R, h, hStride, U, Q, width, M);
      if (K > 4) {
        const skip = <usize>first << 4;
        pairs(K - first, y + skip, yStride, a + skip, aStride, x, xStride, W + skip, R, h, hStride, U + skip, Q, width, M);
      }
    }
    if (odd) rowPanel(K, y + m * yStride, a + m * aStride, x + m * xStride, W, R, h + m * hStride, U, Q);
    W += width * R;
    U += width * Q;
    y += width;
    a += width;
  }
}

/** y_m = a_m + Σ_r x_mr W_r for M rows; a may be y itself, or a bias (aStride 0). */
export function project(y: usize, yStride: usize, a: usize, aStride: usize, x: usize, xStride: usize, W: usize, M: u32, R: u32, V: u32): void {
  projectBoth(y, yStride, a, aStride, x, xStride, W, R, 0, 0, 0, 0, M, V);
}

// @ts-ignore: decorator
@inline function backRow(K: i32, first: bool, d: usize, W: usize, R: u32, sums: usize): void {
  const d0 = v128.load(d);
  let d1 = d0, d2 = d0, d3 = d0, d4 = d0, d5 = d0, d6 = d0;
  if (K > 1) d1 = v128.load(d, 16);
  if (K > 2) d2 = v128.load(d, 32);
  if (K > 3) d3 = v128.load(d, 48);
  if (K > 4) d4 = v128.load(d, 64);
  if (K > 5) d5 = v128.load(d, 80);
  if (K > 6) d6 = v128.load(d, 96);
  const width = <usize>K << 4;
  const end = sums + (<usize>R << 4);
  do {
    let s = f32x4.mul(d0, v128.load(W));
    if (K > 1) s = mac(s, d1, v128.load(W, 16));
    if (K > 2) s = mac(s, d2, v128.load(W, 32));
    if (K > 3) s = mac(s, d3, v128.load(W, 48));
    let t = first ? f32x4.splat(0) : v128.load(sums);
    if (K > 4) t = mac(t, d4, v128.load(W, 64));
    if (K > 5) t = mac(t, d5, v128.load(W, 80));
    if (K > 6) t = mac(t, d6, v128.load(W, 96));
    v128.store(sums, f32x4.add(s, t));
    sums += 16;
    W += width;
  } while (sums < end);
}

function firstPanel(K: u32, d: usize, W: usize, R: u32, sums: usize): void {
  switch (K) {
    case 1: backRow(1, true, d, W, R, sums); break;
    case 2: backRow(2, true, d, W, R, sums); break;
    case 3: backRow(3, true, d, W, R, sums); break;
    case 4: backRow(4, true, d, W, R, sums); break;
    case 5: backRow(5, true, d, W, R, sums); break;
    case 6: backRow(6, true, d, W, R, sums); break;
    default: backRow(7, true, d, W, R, sums);
  }
}

function nextPanel(K: u32, d: usize, W: usize, R: u32, sums: usize): void {
  switch (K) {
    case 1: backRow(1, false, d, W, R, sums); break;
    case 2: backRow(2, false, d, W, R, sums); break;
    case 3: backRow(3, false, d, W, R, sums); break;
    case 4: backRow(4, false, d, W, R, sums); break;
    case 5: backRow(5, false, d, W, R, sums); break;
    case 6: backRow(6, false, d, W, R, sums); break;
    default: backRow(7, false, d, W, R, sums);
  }
}

/**
 * x̄_m (+)= ȳ_m Wᵀ for M rows, R rounded up to 4 with zeros. `sums`: 16·⌈R/4⌉·4 bytes of scratch. `add`: 1 adds to x̄, 0 sets it.
 */
export function projectBack(x: usize, xStride: usize, d: usize, dStride: usize, W: usize, M: u32, R: u32, V: u32, sums: usize, add: u32): void {
  const P = panels(V);
  const padded = (R + 3) & ~3;
  for (let m: u32 = 0; m < M; m++, x += xStride, d += dStride) {
    for (let r = R; r < padded; r++) v128.store(sums + (<usize>r << 4), f32x4.splat(0));
    let at = W, from = d;
    for (let p: u32 = 0; p < P; p++) {
      const K = V / P + u32(p < V % P);
      if (p) nextPanel(K, from, at, R, sums);
      else firstPanel(K, from, at, R, sums);
      from += <usize>K << 4;
      at += (<usize>K << 4) * R;
    }
    for (let r: usize = 0; r < padded; r += 4) {
      const s = sums + (r << 4);
      const a = v128.load(s), b = v128.load(s, 16), c = v128.load(s, 32), e = v128.load(s, 48);
      const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
      const ce = f32x4.add(v128.shuffle<f32>(c, e, 0, 4, 1, 5), v128.shuffle<f32>(c, e, 2, 6, 3, 7));
      let sum = f32x4.add(v128.shuffle<f32>(ab, ce, 0, 1, 4, 5), v128.shuffle<f32>(ab, ce, 2, 3, 6, 7));
      if (add) sum = f32x4.add(sum, v128.load(x + (r << 2)));
      v128.store(x + (r << 2), flush(sum, 1e-18));
    }
  }
}

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

/** b̄ += Σ_m ȳ_m. */
export function accumulateBias(g: usize, d: usize, dStride: usize, M: u32, V: u32): void {
  for (let v: u32 = 0; v < V; v++, g += 16, d += 16) {
    let s = v128.load(g);
    let at = d;
    for (let m: u32 = 0; m < M; m++, at += dStride) s = f32x4.add(s, v128.load(at));
    v128.store(g, s);
  }
}
