/**
 * Float64 functions whose every bit is ours: + - * / and Math.sqrt are exactly rounded by IEEE 754 on every host, while the
 * language leaves Math.exp and its kin to the host. Errors are relative, in ulp (2^-52 of the result), and hold for normal
 * results; a subnormal result adds half of its own spacing. Infinities, NaN and signed zeros go as in Math.
 *
 * Method: argument reduction in two or three words (Cody & Waite 1980), then Taylor's series long enough to be exact to the
 * last place (a fixed order of summation); log by the atanh series with fdlibm's order of terms (Ng, Sun Microsystems 1993).
 */

const bits = new DataView(new ArrayBuffer(8));

// ln 2 and π/2 in words; the first ones have 33 bits, so that a product with a 20-bit integer is exact.
const LN2_HIGH = 0.6931471804855391;
const LN2_LOW = 7.440617110012397e-11;
const HALF_PI_1 = 1.5707963267341256;
const HALF_PI_2 = 6.077100506303966e-11;
const HALF_PI_3 = 2.0222662487959506e-21;
const HALF_PI_INVERSE = 0.6366197723675814;
const SQRT_PI_INVERSE = 0.5641895835477563;

/** 2^k for −1022 ≤ k ≤ 1023. */
function powerOfTwo(k: number): number {
  bits.setUint32(0, (k + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** y · 2^k, rounded once, for y near 1 and −1075 ≤ k ≤ 1024. */
function scale(y: number, k: number): number {
  if (k > 1023) return y * 2 * powerOfTwo(k - 1);
  return k < -1022 ? y * powerOfTwo(k + 54) * powerOfTwo(-54) : y * powerOfTwo(k);
}

/** e^r − 1 − r for |r| ≤ 0.35. */
function expTail(r: number): number {
  let sum = 0;
  for (let n = 14; n > 2; n--) sum = (sum + 1) * (r / n);
  return (sum + 1) * (r * r * 0.5);
}

/** e^x, within 1 ulp. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019412) return 0;
  const k = Math.round(x * Math.LOG2E);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  return scale(1 + (r + (expTail(r) + (high - r - low))), k);
}

/** e^x − 1, within 2 ulp, near 0 too. */
export function expm1(x: number): number {
  if (Number.isNaN(x) || x === 0) return x;
  if (x > 40) return exp(x);
  if (x < -40) return -1;
  const k = Math.round(x * Math.LOG2E);
  if (k === 0) return x + expTail(x);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const p = r + (expTail(r) + (high - r - low));
  const twoToK = powerOfTwo(k);
  return twoToK * p + (twoToK - 1);
}

/** k ln 2 + ln(1 + f) + c for √½ ≤ 1 + f ≤ √2 and a tiny c. */
function logOf(f: number, k: number, c: number): number {
  const s = f / (2 + f);
  const z = s * s;
  let sum = 0;
  for (let n = 25; n > 1; n -= 2) sum = (sum + 2 / n) * z;
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + sum) + (k * LN2_LOW + c)) - f);
}

/** The k with √½ ≤ x · 2^−k ≤ √2, for normal x > 0. The offset carries into the exponent from the high word of √2 on. */
function exponentOf(x: number): number {
  bits.setFloat64(0, x);
  return ((bits.getUint32(0) + 0x95f62) >>> 20) - 1023;
}

/** x · 2^−k for the k of exponentOf, exactly. */
function significandOf(x: number, k: number): number {
  bits.setFloat64(0, x);
  bits.setUint32(0, bits.getUint32(0) - (k << 20));
  return bits.getFloat64(0);
}

/** ln x, within 1 ulp; NaN below 0. */
export function log(x: number): number {
  if (x < 0 || Number.isNaN(x)) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return x;
  const shift = x < 2.2250738585072014e-308 ? 54 : 0;
  const normal = shift > 0 ? x * powerOfTwo(shift) : x;
  const k = exponentOf(normal);
  return logOf(significandOf(normal, k) - 1, k - shift, 0);
}

/** ln(1 + x), within 2 ulp, near 0 too; NaN below −1. */
export function log1p(x: number): number {
  if (x === 0) return x;
  if (x > -0.29 && x < 0.41) return logOf(x, 0, 0);
  if (!(x > -1 && x < 0x20000000000000)) return log(1 + x);
  const u = 1 + x;
  const k = exponentOf(u);
  const rest = k > 0 ? 1 - (u - x) : x - (u - 1);
  return logOf(significandOf(u, k) - 1, k, rest / u);
}

/**
 * x^y. Within 2 + |y ln x| ulp; for whole |y| ≤ 64 within |y| ulp, and exact where every partial product is.
 * pow(±1, ±Infinity) is NaN, as in Math.pow.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (y === 1) return x;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const size = Math.abs(x);
  if (Math.abs(y) === Infinity) return size === 1 ? NaN : size > 1 === y > 0 ? Infinity : 0;
  const negative = x < 0 || Object.is(x, -0);
  const sign = negative && Math.abs(y % 2) === 1 ? -1 : 1;
  if (size === 0 || size === Infinity) return sign * ((size === 0) === y > 0 ? 0 : Infinity);
  const whole = Math.floor(y) === y;
  if (negative && !whole) return NaN;
  if (whole && Math.abs(y) <= 64) {
    let product = 1;
    for (let n = Math.abs(y), power = size; n > 0; n = Math.floor(n / 2), power *= power) {
      if (n % 2 === 1) product *= power;
    }
    if (product > 1e-300 && product < 1e300) return sign * (y > 0 ? product : 1 / product);
  }
  return sign * exp(y * log(size));
}

/** Hyperbolic tangent, within 3 ulp, near 0 too. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (size > 22) return x > 0 ? 1 : -1;
  if (x === 0) return x;
  const t = expm1(size < 1 ? -2 * size : 2 * size);
  const y = size < 1 ? -t / (t + 2) : 1 - 2 / (t + 2);
  return x < 0 ? -y : y;
}

/** 1 / (1 + e^−x), within 2 ulp, also where it is tiny. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}

/** sin (q even) or cos (q odd) of r + low for |r| ≤ 0.79, negated in the second half of the wave. */
function quarterWave(q: number, r: number, low: number): number {
  const z = r * r;
  const odd = q % 2;
  // What multiplies the series' second term (sin) or third one (cos).
  let tail = 1;
  for (let n = 19 + odd; n > 3 + odd; n -= 2) tail = 1 - tail * (z / (n * (n - 1)));
  const half = 0.5 * z;
  const w = 1 - half;
  const y = odd === 0 ? r + (low * w - r * (tail * (z / 6))) : w + (1 - w - half + (tail * half * (z / 12) - r * low));
  return q > 1 ? -y : y;
}

/** sin(x + turn · π/2). */
function wave(x: number, turn: number): number {
  if (!(Math.abs(x) < Infinity)) return NaN;
  const k = Math.round(x * HALF_PI_INVERSE);
  const a = x - k * HALF_PI_1;
  const b = k * HALF_PI_2;
  const r = a - b;
  const v = r - a;
  const low = a - (r - v) - (b + v) - k * HALF_PI_3;
  const sum = r + low;
  const q = (k + turn) % 4;
  return quarterWave(q < 0 ? q + 4 : q, sum, r - sum + low);
}

/** Sine, within 2 ulp for |x| ≤ 10^6; beyond, digits are lost in proportion to |x|. NaN for ±Infinity. */
export function sin(x: number): number {
  return x === 0 ? x : wave(x, 0);
}

/** Cosine, within 2 ulp for |x| ≤ 10^6; beyond, digits are lost in proportion to |x|. NaN for ±Infinity. */
export function cos(x: number): number {
  return wave(x, 1);
}

/** e^(−x²): the square is split, for its rounding alone would cost x² ulp. */
function gaussian(x: number): number {
  const high = Math.fround(x);
  return exp(-high * high) * exp((high - x) * (high + x));
}

/** The error function, 2/√π ∫₀ˣ e^(−t²) dt, within 3 ulp: DLMF 7.6.2 to |x| = 1, then 1 − erfc. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 1) return x > 0 ? 1 - erfc(size) : erfc(size) - 1;
  if (size < 1e-8) return x + x * (2 * SQRT_PI_INVERSE - 1);
  const z = 2 * x * x;
  let sum = 0;
  for (let n = 45; n > 1; n -= 2) sum = (sum + 1) * (z / n);
  return 2 * SQRT_PI_INVERSE * x * gaussian(x) * (sum + 1);
}

/** 1 − erf(x), within 6 ulp wherever it is normal: 1 − erf to x = 1, then the continued fraction DLMF 7.9.2. */
export function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < -1) return 2 - erfc(-x);
  if (x <= 1) return 1 - erf(x);
  if (x > 27.3) return 0;
  const z = x * x;
  let tail = 0;
  for (let n = Math.round(30 + 90 / z); n > 0; n--) tail = (n * (2 * n - 1)) / 2 / (z + 2 * n + 0.5 - tail);
  return (SQRT_PI_INVERSE * x * gaussian(x)) / (z + 0.5 - tail);
}
