// LSTM and GRU by hand, four lanes: what the same machine does with C. One source for native 128-bit code and for wasm.
//
// Units go in blocks of eight (a last one may be of four): two vectors a gate, so that a block's gates are 8 (GRU: 6) accumulators, which
// leaves registers for the weight and the splat. A block's weights are one stream: for each row of v = [1, x, h] its columns, gate by gate.
#pragma once
#include <stdint.h>

typedef float f4 __attribute__((vector_size(16), aligned(4), may_alias));
typedef int32_t i4 __attribute__((vector_size(16), aligned(4), may_alias));
#define INLINE static inline __attribute__((always_inline))
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

enum { WINDOW = 32 };

// Given by the host: zeroed, 64-byte aligned, never freed.
static void *take(long bytes);
INLINE float *floats(long n) { return take(n * 4); }

INLINE f4 splat(float x) { return (f4){x, x, x, x}; }
INLINE f4 load(const float *p) { return *(const f4 *)p; }
INLINE void store(float *p, f4 v) { *(f4 *)p = v; }
#if defined(__wasm__)
#include <wasm_simd128.h>
INLINE f4 least(f4 a, f4 b) { return (f4)wasm_f32x4_pmin((v128_t)a, (v128_t)b); }
INLINE f4 most(f4 a, f4 b) { return (f4)wasm_f32x4_pmax((v128_t)a, (v128_t)b); }
#elif defined(__SSE__)
#include <xmmintrin.h>
INLINE f4 least(f4 a, f4 b) { return (f4)_mm_min_ps((__m128)a, (__m128)b); }
INLINE f4 most(f4 a, f4 b) { return (f4)_mm_max_ps((__m128)a, (__m128)b); }
#else
INLINE f4 least(f4 a, f4 b) { i4 m = a < b; return (f4)(((i4)a & m) | ((i4)b & ~m)); }
INLINE f4 most(f4 a, f4 b) { return least(b, a) == a ? b : a; }
#endif
INLINE float sum(f4 v) { return (v[0] + v[1]) + (v[2] + v[3]); }

// e^x = 2^n · e^r, |r| ≤ ln2 / 2, by Taylor's series to r^6 (the first term left out: 1.2e-7). Adding 1.5 · 2^23 rounds to a whole n.
INLINE f4 exponential(f4 x) {
  x = least(most(x, splat(-87)), splat(87));
  const f4 magic = splat(12582912.f);
  f4 k = x * splat(1.44269504f) + magic;
  f4 n = k - magic;
  f4 r = x - n * splat(0.693147182f);
  // In pairs: the chain of dependent operations is half as long.
  f4 q = r * r;
  f4 p = splat(1.f / 120) * r + splat(1.f / 24) + splat(1.f / 720) * q;
  p = splat(1.f / 6) * r + splat(.5f) + p * q;
  p = r + splat(1) + p * q;
  return (f4)((i4)p + ((i4)k << 23));
}
INLINE f4 sigmoid(f4 x) { return splat(1) / (splat(1) + exponential(-x)); }
INLINE f4 tangent(f4 x) { return splat(1) - splat(2) / (splat(1) + exponential(x + x)); }

// Σ over rows of v[row] · the row's N vectors. Two rows a turn where N alone would not hide the latency of an addition.
#define PRODUCT(N) \
  INLINE void product##N(f4 *a, const float *w, const float *v, int rows) { \
    int r = 0; \
    if (N < 8) { \
      f4 e[N]; \
      UNROLL for (int k = 0; k < N; k++) e[k] = splat(0); \
      for (; r + 1 < rows; r += 2, w += 8 * N) { \
        f4 s = splat(v[r]), t = splat(v[r + 1]); \
        UNROLL for (int k = 0; k < N; k++) { a[k] += s * load(w + 4 * k); e[k] += t * load(w + 4 * (N + k)); } \
      } \
      UNROLL for (int k = 0; k < N; k++) a[k] += e[k]; \
    } \
    for (; r < rows; r++, w += 4 * N) { \
      f4 s = splat(v[r]); \
      UNROLL for (int k = 0; k < N; k++) a[k] += s * load(w + 4 * k); \
    } \
  }
PRODUCT(3)
PRODUCT(4)
PRODUCT(6)
PRODUCT(8)

INLINE float dot(const float *a, const float *b, int n) {
  f4 s = splat(0);
  for (int k = 0; k < n; k += 4) s += load(a + k) * load(b + k);
  return sum(s);
}

typedef struct { int inputs, units, padded, rows, gates; } Shape;  // rows: of v = [1, x, h]
INLINE int ceil4(int n) { return (n + 3) & ~3; }
// Where a block's row starts, and the columns of one.
INLINE int wide(const Shape *s, int block) { return s->padded - block >= 8 ? 8 : 4; }

// ---- LSTM. `keep`: what an update wants to see again: i f g o and tanh(c), else 0.
#define LSTM_BLOCK(N, P) \
  INLINE void lstmBlock##P(const float *w, const float *v, int rows, const float *before, float *c, float *h, float *keep, float *tanhC) { \
    f4 a[N]; \
    UNROLL for (int k = 0; k < N; k++) a[k] = load(w + 4 * k); /* v[0] is 1 */ \
    product##N(a, w + 4 * N, v + 1, rows - 1); \
    UNROLL for (int p = 0; p < P; p++) { \
      f4 i = sigmoid(a[p]), f = sigmoid(a[P + p]), g = tangent(a[2 * P + p]), o = sigmoid(a[3 * P + p]); \
      f4 next = f * load(before + 4 * p) + i * g, t = tangent(next); \
      store(c + 4 * p, next); \
      store(h + 4 * p, o * t); \
      if (keep) { \
        store(keep + 4 * p, i); \
        store(keep + 4 * (P + p), f); \
        store(keep + 4 * (2 * P + p), g); \
        store(keep + 4 * (3 * P + p), o); \
        store(tanhC + 4 * p, t); \
      } \
    } \
  }
LSTM_BLOCK(8, 2)
LSTM_BLOCK(4, 1)

INLINE void lstmStep(const Shape *s, const float *w, const float *v, const float *before, float *c, float *h, float *keep, float *tanhC) {
  int u = 0;
  for (; u + 8 <= s->padded; u += 8, w += 32 * s->rows)
    lstmBlock2(w, v, s->rows, before + u, c + u, h + u, keep ? keep + 4 * u : 0, tanhC + u);
  if (u < s->padded) lstmBlock1(w, v, s->rows, before + u, c + u, h + u, keep ? keep + 4 * u : 0, tanhC + u);
}

// ---- GRU, reset after the product. A block: [bias r z n of the input], [input rows], [bias of the hidden state], [hidden rows].
#define GRU_BLOCK(N, P) \
  INLINE void gruBlock##P(const float *w, const float *v, int inputs, int units, const float *past, float *h) { \
    f4 a[N], b[N]; \
    UNROLL for (int k = 0; k < N; k++) a[k] = load(w + 4 * k); \
    w += 4 * N; \
    for (int r = 0; r < inputs; r++, w += 4 * N) { \
      f4 s = splat(v[1 + r]); \
      UNROLL for (int k = 0; k < N; k++) a[k] += s * load(w + 4 * k); \
    } \
    UNROLL for (int k = 0; k < N; k++) b[k] = load(w + 4 * k); \
    product##N(b, w + 4 * N, v + 1 + inputs, units); \
    UNROLL for (int p = 0; p < P; p++) { \
      f4 r = sigmoid(a[p] + b[p]), z = sigmoid(a[P + p] + b[P + p]); \
      f4 n = tangent(a[2 * P + p] + r * b[2 * P + p]); \
      store(h + 4 * p, n + z * (load(past + 4 * p) - n)); \
    } \
  }
GRU_BLOCK(6, 2)
GRU_BLOCK(3, 1)

INLINE void gruStep(const Shape *s, const float *w, const float *v, float *h) {
  const float *past = v + 1 + s->inputs;
  int u = 0, rows = s->inputs + s->units + 2;
  for (; u + 8 <= s->padded; u += 8, w += 24 * rows) gruBlock2(w, v, s->inputs, s->units, past + u, h + u);
  if (u < s->padded) gruBlock1(w, v, s->inputs, s->units, past + u, h + u);
}

// ---- LSTM, many rows: two at a time over half a block's columns, so that each weight is loaded once for both.
INLINE void lstmPair(const float *w, int step, int gateStep, const float *v0, const float *v1, int rows, float *c0, float *c1, float *h0, float *h1) {
  f4 a[4], b[4];
  UNROLL for (int g = 0; g < 4; g++) a[g] = b[g] = load(w + g * gateStep);
  for (int r = 1; r < rows; r++) {
    const float *k = w + r * step;
    f4 s = splat(v0[r]), t = splat(v1[r]);
    UNROLL for (int g = 0; g < 4; g++) { f4 q = load(k + g * gateStep); a[g] += s * q; b[g] += t * q; }
  }
  f4 c = sigmoid(a[1]) * load(c0) + sigmoid(a[0]) * tangent(a[2]);
  f4 d = sigmoid(b[1]) * load(c1) + sigmoid(b[0]) * tangent(b[2]);
  store(c0, c);
  store(c1, d);
  store(h0, sigmoid(a[3]) * tangent(c));
  store(h1, sigmoid(b[3]) * tangent(d));
}
