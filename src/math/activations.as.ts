/**
 * Elementary functions in four f32 lanes and in f64. Only IEEE 754 operations: the same bits on every host.
 *
 * tanh     x·P(x²)/Q(x²), degrees 3 and 4: our own minimax fit of tanh(x)/x on |x| ≤ 7.8, where tanh is within 4e-7 of 1.
 *          Relative error ≤ 5e-7 everywhere, also near 0; never beyond ±1.
 * sigmoid  ½ + ½ tanh(x/2), the halves folded into the coefficients. Absolute error ≤ 2.5e-7; stays inside (0, 1).
 * exp, log (f64) relative error ≤ 1e-14 on the range where the result is a normal number.
 *
 * flush    what is below a bound becomes 0. Numbers below 2⁻¹²⁶ cost a processor a hundred times the usual, and a decaying state, gradient or
 *          moment would go on for ever among them: a stream that falls silent must not become a slow one.
 *
 * NaN goes in and comes out.
 */

// @ts-ignore: decorator
@inline export function flush(x: v128, bound: f32): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(bound)));
}

// @ts-ignore: decorator
@inline function clamp(x: v128, bound: f32): v128 {
  return f32x4.pmax(f32x4.pmin(x, f32x4.splat(bound)), f32x4.splat(-bound));
}

// @ts-ignore: decorator
@inline function tanh(x: v128): v128 {
  x = clamp(x, 7.8);
  const s = f32x4.mul(x, x);
  const t = f32x4.mul(s, s);
  const p = f32x4.add(
    f32x4.mul(f32x4.add(f32x4.mul(s, f32x4.splat(46.05950927734375)), f32x4.splat(11756.18359375)), t),
    f32x4.add(f32x4.mul(s, f32x4.splat(512347.9375)), f32x4.splat(3958458.5)),
  );
  const q = f32x4.add(
    f32x4.mul(f32x4.add(f32x4.add(t, f32x4.mul(s, f32x4.splat(955.3922119140625))), f32x4.splat(94577.0703125)), t),
    f32x4.add(f32x4.mul(s, f32x4.splat(1831830.375)), f32x4.splat(3958459.0)),
  );
  return f32x4.div(f32x4.mul(x, p), q);
}

// @ts-ignore: decorator
@inline function sigmoid(x: v128): v128 {
  x = clamp(x, 15.6);
  const s = f32x4.mul(x, x);
  const t = f32x4.mul(s, s);
  const p = f32x4.add(
    f32x4.mul(f32x4.add(f32x4.mul(s, f32x4.splat(46.05950927734375)), f32x4.splat(47024.734375)), t),
    f32x4.add(f32x4.mul(s, f32x4.splat(8197567.0)), f32x4.splat(253341344.0)),
  );
  const q = f32x4.add(
    f32x4.mul(f32x4.add(f32x4.add(t, f32x4.mul(s, f32x4.splat(3821.56884765625))), f32x4.splat(1513233.125)), t),
    f32x4.add(f32x4.mul(s, f32x4.splat(117237144.0)), f32x4.splat(1013365504.0)),
  );
  return f32x4.add(f32x4.splat(0.5), f32x4.div(f32x4.mul(x, p), q));
}

// One function over whole rows, in a loop tested at its end: engines then keep the coefficients in registers, where several functions
// at once, or a loop tested at its start, would make them build each coefficient again for every four lanes.

/** y = σ(x) over `bytes` > 0 of each of `rows` > 0 rows. */
export function sigmoidRows(y: usize, x: usize, bytes: usize, rows: u32, yStride: usize, xStride: usize): void {
  do {
    let at: usize = 0;
    do {
      v128.store(y + at, sigmoid(v128.load(x + at)));
      at += 16;
    } while (at < bytes);
    y += yStride;
    x += xStride;
  } while (--rows);
}

/** y = tanh(x) over `bytes` > 0 of each of `rows` > 0 rows. */
export function tanhRows(y: usize, x: usize, bytes: usize, rows: u32, yStride: usize, xStride: usize): void {
  do {
    let at: usize = 0;
    do {
      v128.store(y + at, tanh(v128.load(x + at)));
      at += 16;
    } while (at < bytes);
    y += yStride;
    x += xStride;
  } while (--rows);
}

/** x ← σ(x + b) over `bytes` > 0 of each of `rows` > 0 rows. */
export function sigmoidSums(x: usize, b: usize, bytes: usize, rows: u32, stride: usize): void {
  do {
    let at: usize = 0;
    do {
      v128.store(x + at, sigmoid(f32x4.add(v128.load(x + at), v128.load(b + at))));
      at += 16;
    } while (at < bytes);
    x += stride;
  } while (--rows);
}

/** x ← tanh(x + b) over `bytes` > 0 of each of `rows` > 0 rows. */
export function tanhSums(x: usize, b: usize, bytes: usize, rows: u32, stride: usize): void {
  do {
    let at: usize = 0;
    do {
      v128.store(x + at, tanh(f32x4.add(v128.load(x + at), v128.load(b + at))));
      at += 16;
    } while (at < bytes);
    x += stride;
  } while (--rows);
}

/** x = n·ln2 + r, |r| ≤ ln2/2; Taylor to r¹³. Saturates at ±708. */
export function exp(x: f64): f64 {
  if (x > 708.0) x = 708.0;
  if (x < -708.0) x = -708.0;
  const n = nearest(x * 1.4426950408889634);
  const r = x - n * 0.693147180369123816490 - n * 1.90821492927058770002e-10;
  let p: f64 = 1.0 / 6227020800.0;
  p = p * r + 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  return p * reinterpret<f64>((<i64>n + 1023) << 52);
}

/** x = 2ᵏ·m, m in [√½, √2); log m = 2 artanh((m − 1)/(m + 1)). For normal x > 0. */
export function log(x: f64): f64 {
  let bits = reinterpret<u64>(x);
  let k = <i32>(bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    k += 1;
  }
  const z = (m - 1.0) / (m + 1.0);
  const s = z * z;
  let p: f64 = 1.0 / 19.0;
  p = p * s + 1.0 / 17.0;
  p = p * s + 1.0 / 15.0;
  p = p * s + 1.0 / 13.0;
  p = p * s + 1.0 / 11.0;
  p = p * s + 1.0 / 9.0;
  p = p * s + 1.0 / 7.0;
  p = p * s + 1.0 / 5.0;
  p = p * s + 1.0 / 3.0;
  return 2.0 * z * (1.0 + s * p) + <f64>k * 0.6931471805599453;
}
