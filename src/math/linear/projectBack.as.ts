import { flush } from "../activations.as";
import { mac, panels } from "./panels.as";

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
 * x̄_m (+)= ȳ_m Wᵀ for M rows, R rounded up to 4 with zeros. What is below 1e-18 becomes 0: see flush in math.as.ts. `sums`: 16·⌈R/4⌉·4 bytes of scratch. `add`: 1 adds to x̄, 0 sets it.
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
