/**
 * The covariance of recursive least squares with forgetting (Plackett 1950; Haykin, Adaptive Filter Theory, ch. 10), float64:
 *
 *     g = P x,   k = g / (λ + xᵀg),   P ← (P − k gᵀ) / λ
 *
 * Shapes   x, g [4·blocks]   P: the lower triangle in blocks of four rows, block b of columns 0 … 4b + 3, a column's four numbers side by side
 * Bounds   λ = 1 while a diagonal element of P is above 1; false, and P as it was, where xᵀg is no number from 0 to `most`
 * Cost     n² / 2 elements, read twice and written once, two lanes at a time; the reference's bits
 */
export function excite(P: usize, x: usize, g: usize, blocks: u32, forgetting: f64, most: f64): bool {
  const n = <usize>blocks << 5;
  const largest = multiply(P, x, g, n);
  let s = f64x2.splat(0);
  for (let i: usize = 0; i < n; i += 16) s = f64x2.add(s, f64x2.mul(v128.load(g + i), v128.load(x + i)));
  const excitation = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  if (!(excitation >= 0 && excitation < most)) return false;
  const lambda = largest > 1 ? 1 : forgetting;
  const scale = 1 / (lambda + excitation);
  // x has done its work: its place takes √(scale/λ)·g, that of g the gain.
  const root = f64x2.splat(sqrt<f64>(scale / lambda)), k = f64x2.splat(scale);
  for (let i: usize = 0; i < n; i += 16) {
    const v = v128.load(g + i);
    v128.store(x + i, f64x2.mul(v, root));
    v128.store(g + i, f64x2.mul(v, k));
  }
  subtract(P, x, n, 1 / lambda);
  return true;
}

// g = P x, and the largest diagonal element. Each stored element serves its row and, left of the diagonal, its column.
function multiply(P: usize, x: usize, g: usize, n: usize): f64 {
  let most: f64 = 0;
  for (let i: usize = 0; i < n; i += 32) {
    let a = f64x2.splat(0), b = a;
    const x01 = v128.load(x + i), x23 = v128.load(x + i, 16);
    let j: usize = 0;
    for (; j < i; j += 16, P += 64) {
      const p = v128.load(P), q = v128.load(P, 16), r = v128.load(P, 32), s = v128.load(P, 48);
      const even = v128.load64_splat(x + j), odd = v128.load64_splat(x + j, 8);
      a = f64x2.add(f64x2.add(a, f64x2.mul(p, even)), f64x2.mul(r, odd));
      b = f64x2.add(f64x2.add(b, f64x2.mul(q, even)), f64x2.mul(s, odd));
      const u = f64x2.add(f64x2.mul(p, x01), f64x2.mul(q, x23)), v = f64x2.add(f64x2.mul(r, x01), f64x2.mul(s, x23));
      v128.store(g + j, f64x2.add(v128.load(g + j), f64x2.add(v128.shuffle<f64>(u, v, 0, 2), v128.shuffle<f64>(u, v, 1, 3))));
    }
    for (; j < i + 32; j += 16, P += 64) {
      const even = v128.load64_splat(x + j), odd = v128.load64_splat(x + j, 8);
      a = f64x2.add(f64x2.add(a, f64x2.mul(v128.load(P), even)), f64x2.mul(v128.load(P, 32), odd));
      b = f64x2.add(f64x2.add(b, f64x2.mul(v128.load(P, 16), even)), f64x2.mul(v128.load(P, 48), odd));
    }
    v128.store(g + i, a);
    v128.store(g + i, b, 16);
    most = max(max(max(most, load<f64>(P - 128)), load<f64>(P - 88)), max(load<f64>(P - 48), load<f64>(P - 8)));
  }
  return most;
}

// P ← inverse · P − r rᵀ.
function subtract(P: usize, r: usize, n: usize, inverse: f64): void {
  const scale = f64x2.splat(inverse);
  for (let i: usize = 0; i < n; i += 32) {
    const r01 = v128.load(r + i), r23 = v128.load(r + i, 16);
    for (let j: usize = 0; j < i + 32; j += 16, P += 64) {
      const even = v128.load64_splat(r + j), odd = v128.load64_splat(r + j, 8);
      v128.store(P, f64x2.sub(f64x2.mul(v128.load(P), scale), f64x2.mul(r01, even)));
      v128.store(P, f64x2.sub(f64x2.mul(v128.load(P, 16), scale), f64x2.mul(r23, even)), 16);
      v128.store(P, f64x2.sub(f64x2.mul(v128.load(P, 32), scale), f64x2.mul(r01, odd)), 32);
      v128.store(P, f64x2.sub(f64x2.mul(v128.load(P, 48), scale), f64x2.mul(r23, odd)), 48);
    }
  }
}
