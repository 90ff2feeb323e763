import { mac, panels } from "./panels.as";

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
