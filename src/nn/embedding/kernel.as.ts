/**
 * Embedding: x_m = E_{s_m}, the row of the table that belongs to symbol s_m; Ē_{s_m} += x̄_m, in the order of m.
 *
 * Shapes   s [M], whole numbers in float32   x, x̄ [M × Ep]   E [symbols × Ep], Ep = ⌈width/4⌉·4, padding 0
 * Cost     a copy of a row a sample; no multiplication
 */

/** Rows of the table, each `bytes` long, to x. */
export function gather(x: usize, symbols: usize, table: usize, bytes: usize, M: u32): void {
  for (; M > 0; M--, symbols += 4) {
    let from = table + <usize>load<f32>(symbols) * bytes;
    const end = from + bytes;
    do {
      v128.store(x, v128.load(from));
      from += 16;
      x += 16;
    } while (from < end);
  }
}

/** The gradient of x to that of the table. */
export function scatter(d: usize, symbols: usize, gradients: usize, bytes: usize, M: u32): void {
  for (; M > 0; M--, symbols += 4) {
    let to = gradients + <usize>load<f32>(symbols) * bytes;
    const end = to + bytes;
    do {
      v128.store(to, f32x4.add(v128.load(to), v128.load(d)));
      to += 16;
      d += 16;
    } while (to < end);
  }
}
