// Plain JavaScript loops over typed arrays. With Float64Array it is also the reference that every contestant's numbers are held to.
import { CLIP, RATE } from '../workloads.mjs';

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** [rows × columns] with its rows as columns: the loop over gates is then the inner, contiguous one. */
function transposed(Numbers, matrix, rows, columns) {
  const out = new Numbers(rows * columns);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = matrix[r * columns + c];
  return out;
}

function addProduct(sums, vector, matrix) {
  const width = sums.length;
  for (let j = 0; j < vector.length; j++) {
    const v = vector[j];
    const from = j * width;
    for (let n = 0; n < width; n++) sums[n] += v * matrix[from + n];
  }
}

function openCell(Numbers, { cell, input, hidden: H, weights: { gates, wih, whh, b, b2, hw, hb } }) {
  const G = gates * H;
  const W = transposed(Numbers, wih, G, input);
  const U = transposed(Numbers, whh, G, H);
  const a = new Numbers(G);
  const r = new Numbers(G);
  const step = (x, h, c) => {
    a.set(b);
    addProduct(a, x, W);
    if (cell === 'lstm') {
      addProduct(a, h, U);
      for (let u = 0; u < H; u++) {
        c[u] = sigmoid(a[H + u]) * c[u] + sigmoid(a[u]) * Math.tanh(a[2 * H + u]);
        h[u] = sigmoid(a[3 * H + u]) * Math.tanh(c[u]);
      }
    } else {
      r.set(b2);
      addProduct(r, h, U);
      for (let u = 0; u < H; u++) {
        const n = Math.tanh(a[2 * H + u] + sigmoid(a[u] + r[u]) * r[2 * H + u]);
        const z = sigmoid(a[H + u] + r[H + u]);
        h[u] = z * h[u] + (1 - z) * n;
      }
    }
    let y = hb[0];
    for (let u = 0; u < H; u++) y += hw[u] * h[u];
    return y;
  };
  return { step, a, W, U, G };
}

export function createInference(args, Numbers = Float32Array) {
  const { step } = openCell(Numbers, args);
  const h = new Numbers(args.hidden);
  const c = new Numbers(args.hidden);
  return (x) => step(x, h, c);
}

export function createBatch(args, Numbers = Float32Array) {
  const { step } = openCell(Numbers, args);
  const states = Array.from({ length: args.batch }, () => [new Numbers(args.hidden), new Numbers(args.hidden)]);
  const y = new Numbers(args.batch);
  return (x) => {
    states.forEach(([h, c], row) => {
      y[row] = step(x.subarray(row * args.input, (row + 1) * args.input), h, c);
    });
    return y;
  };
}

/** TBPTT of an LSTM: each window starts from the state that streaming left before its first sample. */
export function createLearner(args, Numbers = Float32Array) {
  const { input: I, hidden: H, window, k1 } = args;
  const weights = { ...args.weights, b: Numbers.from(args.weights.b), hw: Numbers.from(args.weights.hw) };
  weights.hb = Numbers.from(args.weights.hb);
  const { step, a, W, U, G } = openCell(Numbers, { ...args, weights });
  // The two biases of a gate have one gradient and so the same moments: the one block stands for both.
  const blocks = [W, U, weights.b, weights.hw, weights.hb].map((p) => ({
    p,
    times: p === weights.b ? 2 : 1,
    g: new Numbers(p.length),
    m: new Numbers(p.length),
    v: new Numbers(p.length),
  }));
  const [gW, gU, gb, ghw, ghb] = blocks.map(({ g }) => g);
  const streamed = { h: new Numbers(H), c: new Numbers(H) };
  const newSlot = () => ({
    x: new Numbers(I),
    y: 0,
    before: { h: new Numbers(H), c: new Numbers(H) },
    h: new Numbers(H),
    c: new Numbers(H),
    gates: new Numbers(G),
    d: 0,
  });
  const tape = Array.from({ length: window }, newSlot);
  const dh = new Numbers(H);
  const dc = new Numbers(H);
  const da = new Numbers(G);
  let corrections = [1, 1];

  function update(slots) {
    for (const { g } of blocks) g.fill(0);
    let { h, c } = slots[0].before;
    for (const slot of slots) {
      slot.h.set(h);
      slot.c.set(c);
      slot.d = (2 * (step(slot.x, slot.h, slot.c) - slot.y)) / slots.length;
      slot.gates.set(a);
      ({ h, c } = slot);
    }
    dh.fill(0);
    dc.fill(0);
    for (let t = slots.length - 1; t >= 0; t--) {
      const { x, d, gates, h: now, c: cell } = slots[t];
      const { h: past, c: pastCell } = t > 0 ? slots[t - 1] : slots[0].before;
      ghb[0] += d;
      for (let u = 0; u < H; u++) {
        ghw[u] += d * now[u];
        const i = sigmoid(gates[u]);
        const f = sigmoid(gates[H + u]);
        const g = Math.tanh(gates[2 * H + u]);
        const o = sigmoid(gates[3 * H + u]);
        const k = Math.tanh(cell[u]);
        const e = dh[u] + d * weights.hw[u];
        const s = dc[u] + e * o * (1 - k * k);
        da[u] = s * g * i * (1 - i);
        da[H + u] = s * pastCell[u] * f * (1 - f);
        da[2 * H + u] = s * i * (1 - g * g);
        da[3 * H + u] = e * k * o * (1 - o);
        dc[u] = s * f;
      }
      for (let n = 0; n < G; n++) gb[n] += da[n];
      for (let j = 0; j < I; j++) for (let n = 0; n < G; n++) gW[j * G + n] += x[j] * da[n];
      for (let j = 0; j < H; j++) {
        let sum = 0;
        for (let n = 0, k = j * G; n < G; n++, k++) {
          gU[k] += past[j] * da[n];
          sum += U[k] * da[n];
        }
        dh[j] = sum;
      }
    }
    let squares = 0;
    for (const { g, times } of blocks) for (let k = 0; k < g.length; k++) squares += times * g[k] * g[k];
    const scale = Math.min(1, CLIP / (Math.sqrt(squares) + 1e-6));
    corrections = [corrections[0] * 0.9, corrections[1] * 0.999];
    const rate = RATE / (1 - corrections[0]);
    const second = 1 / (1 - corrections[1]);
    for (const { p, g, m, v, times } of blocks) {
      for (let k = 0; k < p.length; k++) {
        const e = g[k] * scale;
        m[k] = 0.9 * m[k] + 0.1 * e;
        v[k] = 0.999 * v[k] + 0.001 * e * e;
        p[k] -= (times * rate * m[k]) / (Math.sqrt(v[k] * second) + 1e-7);
      }
    }
  }

  let samples = 0;
  let since = 0;
  let sum = 0;
  return (x, y) => {
    const slot = samples++ < window ? tape[samples - 1] : tape.shift();
    if (samples > window) tape.push(slot);
    slot.x.set(x);
    slot.y = y;
    slot.before.h.set(streamed.h);
    slot.before.c.set(streamed.c);
    sum += (step(x, streamed.h, streamed.c) - y) ** 2;
    if (++since < k1) return undefined;
    const loss = sum / since;
    sum = 0;
    since = 0;
    update(tape.slice(0, Math.min(samples, window)));
    return loss;
  };
}
