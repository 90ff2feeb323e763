// The works over the kernels: one sample at a time (W1), TBPTT of an LSTM with Adam (W2), many rows (W3).
#pragma once
#include "kernels.h"

typedef struct { const float *wih, *whh, *b, *b2, *hw, hb; } Weights;  // PyTorch's

typedef struct Tape Tape;
typedef struct {
  Shape s;
  int gru, batch, stride, now;
  float *w, *hw, hb, *v[2], *c, *y;
  Tape *tape;
} Model;

struct Tape {
  int k1, filled, samples, since, count, wStart;
  double beta1, beta2, sum;
  float *p, *g, *m, *n;                                    // parameters, gradients, moments: the packed blocks, then [hw, hb]
  float *ring, *ringY, *ringH, *ringC;                     // the newest samples, and the state before each, oldest first
  float *h, *c;                                            // the running state
  float *v, *gates, *tanhC, *hs, *cs, *d, *dh, *dc, *y;    // of a window
};

// Column of gate g of unit u in its block's row; the block's start.
INLINE long place(const Shape *s, int rows, int row, int gate, int unit) {
  int block = unit & ~7, n = wide(s, block);
  return (long)block * s->gates * rows + (long)row * s->gates * n + gate * n + (unit - block);
}

static void pack(const Model *m, const Weights *from, float *w) {
  const Shape *s = &m->s;
  int I = s->inputs, H = s->units, G = s->gates, gru = G == 3, rows = 1 + gru + I + H;
  for (int g = 0; g < G; g++) for (int u = 0; u < H; u++) {
    long row = (long)g * H + u;
    w[place(s, rows, 0, g, u)] = from->b[row] + (gru ? 0 : from->b2[row]);
    for (int i = 0; i < I; i++) w[place(s, rows, 1 + i, g, u)] = from->wih[row * I + i];
    if (gru) w[place(s, rows, 1 + I, g, u)] = from->b2[row];
    for (int j = 0; j < H; j++) w[place(s, rows, 1 + gru + I + j, g, u)] = from->whh[row * H + j];
  }
}

static Tape *openTape(Model *m, const Weights *from, int k1) {
  const Shape *s = &m->s;
  int K = WINDOW, P = s->padded, R = s->rows, I = s->inputs;
  Tape *t = take(sizeof(Tape));
  t->k1 = k1;
  t->beta1 = t->beta2 = 1;
  t->wStart = 4 * P * R;
  t->count = t->wStart + P + 4;
  t->p = floats(t->count), t->g = floats(t->count), t->m = floats(t->count), t->n = floats(t->count);
  pack(m, from, t->p);
  for (int u = 0; u < s->units; u++) t->p[t->wStart + u] = from->hw[u];
  t->p[t->wStart + P] = from->hb;
  t->ring = floats(K * I), t->ringY = floats(K), t->ringH = floats(K * P), t->ringC = floats(K * P);
  t->h = floats(P), t->c = floats(P);
  t->v = floats((K + 1) * (R + P)), t->gates = floats(K * 4 * P), t->tanhC = floats(K * P), t->hs = floats((K + 1) * P);
  t->cs = floats((K + 1) * P), t->d = floats(K * 4 * P), t->dh = floats(P + 8), t->dc = floats(P), t->y = floats(K);
  return t;
}

static Model *openModel(int work, int gru, int inputs, int units, int k1, int batch, const Weights *from) {
  Model *m = take(sizeof(Model));
  int P = ceil4(units);
  m->s = (Shape){inputs, units, P, 1 + inputs + units, gru ? 3 : 4};
  m->gru = gru;
  m->batch = batch;
  if (work == 2) {
    m->tape = openTape(m, from, k1);
    return m;
  }
  m->w = floats((long)m->s.gates * P * (m->s.rows + 1));
  pack(m, from, m->w);
  m->hw = floats(P);
  for (int u = 0; u < units; u++) m->hw[u] = from->hw[u];
  m->hb = from->hb;
  m->stride = ceil4(1 + inputs + P) + 4;
  for (int k = 0; k < 2; k++) {
    m->v[k] = floats((long)batch * m->stride);
    for (int row = 0; row < batch; row++) m->v[k][row * m->stride] = 1;
  }
  m->c = floats((long)batch * P);
  m->y = floats(batch);
  return m;
}

static float stepOne(Model *m, const float *x) {
  const Shape *s = &m->s;
  float *v = m->v[m->now], *next = m->v[m->now ^= 1], *h = next + 1 + s->inputs;
  for (int i = 0; i < s->inputs; i++) v[1 + i] = x[i];
  if (m->gru) gruStep(s, m->w, v, h);
  else lstmStep(s, m->w, v, m->c, m->c, h, 0, 0);
  return dot(m->hw, h, s->padded) + m->hb;
}

static float *stepRows(Model *m, const float *x) {
  const Shape *s = &m->s;
  int I = s->inputs, P = s->padded, S = m->stride;
  float *v = m->v[m->now], *next = m->v[m->now ^= 1];
  for (int row = 0; row < m->batch; row += 2) {
    float *v0 = v + (long)row * S, *v1 = v0 + S, *h0 = next + (long)row * S + 1 + I, *h1 = h0 + S;
    float *c0 = m->c + (long)row * P, *c1 = c0 + P;
    for (int i = 0; i < I; i++) v0[1 + i] = x[row * I + i], v1[1 + i] = x[(row + 1) * I + i];
    for (int u = 0; u < P; u += 4) {
      int block = u & ~7, n = wide(s, block);
      const float *w = m->w + (long)block * 4 * s->rows + (u - block);
      lstmPair(w, 4 * n, n, v0, v1, s->rows, c0 + u, c1 + u, h0 + u, h1 + u);
    }
    m->y[row] = dot(m->hw, h0, P) + m->hb;
    m->y[row + 1] = dot(m->hw, h1, P) + m->hb;
  }
  return m->y;
}

// ---- an update
INLINE void copy(float *to, const float *from, int n) { for (int k = 0; k < n; k++) to[k] = from[k]; }

// dh[j] = Σ over columns of U[j, ·] · d: four rows at a time, a block's columns of them written out.
#define BACK(N) \
  INLINE void back##N(f4 *a, f4 *b, const float *row, const float *d) { \
    UNROLL for (int k = 0; k < N; k += 8) { \
      f4 x = load(d + k), y = load(d + k + 4); \
      UNROLL for (int q = 0; q < 4; q++) { a[q] += x * load(row + q * N + k); b[q] += y * load(row + q * N + k + 4); } \
    } \
  }
BACK(16)
BACK(32)

static void backThroughU(const Shape *s, const float *w, const float *d, float *dh) {
  int R = s->rows, first = 1 + s->inputs;
  for (int j = 0; j < s->units; j += 4) {
    f4 a[4], b[4];
    UNROLL for (int q = 0; q < 4; q++) a[q] = b[q] = splat(0);
    const float *row = w + 32 * (first + j);
    int u = 0;
    for (; u + 8 <= s->padded; u += 8, row += 32 * R) back32(a, b, row, d + 4 * u);
    if (u < s->padded) back16(a, b, row - 16 * (first + j), d + 4 * u);
    UNROLL for (int q = 0; q < 4; q++) dh[j + q] = j + q < s->units ? sum(a[q] + b[q]) : 0;
  }
}

// g[r, ·] = Σ over steps of v_t[r] · d_t: two rows × four vectors stay in registers.
#define OUTER(RR) \
  INLINE void outer##RR(float *g, int n, const float *v, int vStep, const float *d, int dStep, int steps) { \
    f4 a[RR][4]; \
    UNROLL for (int r = 0; r < RR; r++) UNROLL for (int k = 0; k < 4; k++) a[r][k] = splat(0); \
    for (int t = 0; t < steps; t++, v += vStep, d += dStep) { \
      f4 e[4]; \
      UNROLL for (int k = 0; k < 4; k++) e[k] = load(d + 4 * k); \
      UNROLL for (int r = 0; r < RR; r++) { f4 s = splat(v[r]); UNROLL for (int k = 0; k < 4; k++) a[r][k] += s * e[k]; } \
    } \
    UNROLL for (int r = 0; r < RR; r++) UNROLL for (int k = 0; k < 4; k++) store(g + r * n + 4 * k, a[r][k]); \
  }
OUTER(1)
OUTER(2)

static void weightGradients(const Shape *s, Tape *t, int vStep, int steps) {
  int R = s->rows;
  for (int u = 0; u < s->padded; u += 8) {
    int n = 4 * wide(s, u);
    for (int k = 0; k < n; k += 16) {
      float *g = t->g + (long)u * 4 * R + k;
      int r = 0;
      for (; r + 1 < R; r += 2) outer2(g + (long)r * n, n, t->v + r, vStep, t->d + 4 * u + k, 4 * s->padded, steps);
      if (r < R) outer1(g + (long)r * n, n, t->v + r, vStep, t->d + 4 * u + k, 4 * s->padded, steps);
    }
  }
}

static void adam(float *restrict p, float *restrict m, float *restrict n, const float *restrict g, int count, float scale, float rate, float second) {
  for (int k = 0; k < count; k++) {
    float e = g[k] * scale;
    m[k] = .9f * m[k] + .1f * e;
    n[k] = .999f * n[k] + .001f * e * e;
    p[k] -= rate * m[k] / (__builtin_sqrtf(n[k] * second) + 1e-7f);
  }
}

static void update(Model *m, int steps) {
  const Shape *s = &m->s;
  Tape *t = m->tape;
  int P = s->padded, I = s->inputs, R = s->rows, vStep = ceil4(1 + I + P) + 4, first = WINDOW - steps;
  float *hw = t->p + t->wStart, *ghw = t->g + t->wStart;
  copy(t->v + 1 + I, t->ringH + first * P, P);
  copy(t->cs, t->ringC + first * P, P);
  for (int u = 0; u < P; u++) ghw[u] = t->dh[u] = t->dc[u] = 0;
  float gb = 0;
  for (int k = 0; k < steps; k++) {
    float *v = t->v + (long)k * vStep, *h = v + vStep + 1 + I;
    v[0] = 1;
    copy(v + 1, t->ring + (first + k) * I, I);
    lstmStep(s, t->p, v, t->cs + k * P, t->cs + (k + 1) * P, h, t->gates + k * 4 * P, t->tanhC + k * P);
    float y = dot(hw, h, P) + hw[P];
    t->y[k] = 2 * (y - t->ringY[first + k]) / steps;
    gb += t->y[k];
    f4 d = splat(t->y[k]);
    for (int u = 0; u < P; u += 4) store(ghw + u, load(ghw + u) + d * load(h + u));
  }
  ghw[P] = gb;
  for (int k = steps - 1; k >= 0; k--) {
    const float *past = t->cs + k * P;
    float *d = t->d + (long)k * 4 * P;
    f4 y = splat(t->y[k]), one = splat(1);
    for (int u = 0; u < P; u += 4) {
      int block = u & ~7, n = wide(s, block), at = 4 * block + (u - block);
      const float *a = t->gates + (long)k * 4 * P + at;
      f4 i = load(a), f = load(a + n), g = load(a + 2 * n), o = load(a + 3 * n), tc = load(t->tanhC + k * P + u);
      f4 dh = load(t->dh + u) + y * load(hw + u);
      f4 dc = load(t->dc + u) + dh * o * (one - tc * tc);
      store(d + at, dc * g * i * (one - i));
      store(d + at + n, dc * load(past + u) * f * (one - f));
      store(d + at + 2 * n, dc * i * (one - g * g));
      store(d + at + 3 * n, dh * tc * o * (one - o));
      store(t->dc + u, dc * f);
    }
    if (k) backThroughU(s, t->p, d, t->dh);
  }
  weightGradients(s, t, vStep, steps);

  f4 q = splat(0), r = splat(0);
  for (int k = 0; k + 4 < t->count; k += 8) q += load(t->g + k) * load(t->g + k), r += load(t->g + k + 4) * load(t->g + k + 4);
  if (t->count & 4) q += load(t->g + t->count - 4) * load(t->g + t->count - 4);
  // A gate's two biases have one gradient and so the same moments: the one row stands for both.
  for (int u = 0; u < P; u += 8) {
    int n = 4 * wide(s, u);
    const float *bias = t->g + (long)u * 4 * R;
    for (int k = 0; k < n; k += 4) q += load(bias + k) * load(bias + k);
  }
  float norm = __builtin_sqrtf(sum(q + r)), scale = 1 / (norm + 1e-6f);
  if (scale > 1) scale = 1;
  t->beta1 *= .9;
  t->beta2 *= .999;
  float rate = 1e-3 / (1 - t->beta1), second = 1 / (1 - t->beta2);
  adam(t->p, t->m, t->n, t->g, t->count, scale, rate, second);
  for (int u = 0; u < P; u += 8) {
    int n = 4 * wide(s, u);
    long at = (long)u * 4 * R;
    for (int k = 0; k < n; k++) t->p[at + k] -= rate * t->m[at + k] / (__builtin_sqrtf(t->n[at + k] * second) + 1e-7f);
  }
}

// A sample and its target: −1, or the loss of the samples since the last update, when it has learned.
static float learn(Model *m, const float *x, float y) {
  const Shape *s = &m->s;
  Tape *t = m->tape;
  int K = WINDOW, P = s->padded, I = s->inputs;
  copy(t->ring, t->ring + I, (K - 1) * I);
  copy(t->ringY, t->ringY + 1, K - 1);
  copy(t->ring + (K - 1) * I, x, I);
  t->ringY[K - 1] = y;
  t->samples++;
  t->since++;
  if (t->k1 == K) {
    // No weight changes within the window: its forward pass is the streaming one, and need not run twice.
    if (t->since < K) return -1;
    t->since = 0;
    float *w = t->v, loss = 0;
    update(m, K);
    for (int k = 0; k < K; k++) loss += (t->y[k] * K / 2) * (t->y[k] * K / 2);
    copy(t->ringH, w + (long)K * (ceil4(1 + I + P) + 4) + 1 + I, P);
    copy(t->ringC, t->cs + K * P, P);
    return loss / K;
  }
  copy(t->ringH, t->ringH + P, (K - 1) * P);
  copy(t->ringC, t->ringC + P, (K - 1) * P);
  copy(t->ringH + (K - 1) * P, t->h, P);
  copy(t->ringC + (K - 1) * P, t->c, P);
  float *v = t->v;
  v[0] = 1;
  copy(v + 1, x, I);
  copy(v + 1 + I, t->h, P);
  lstmStep(s, t->p, v, t->c, t->c, t->h, 0, t->tanhC);
  float e = dot(t->p + t->wStart, t->h, P) + t->p[t->wStart + P] - y;
  t->sum += e * e;
  if (t->since < t->k1) return -1;
  float loss = t->sum / t->since;
  t->since = 0;
  t->sum = 0;
  update(m, t->samples < K ? t->samples : K);
  return loss;
}
