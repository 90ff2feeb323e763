/**
 * Error-to-signal ratio of a window with pre-emphasis 1 − a z⁻¹ and DC term, n present samples of one row, every output a channel:
 *
 *   e = ŷ − y    p_t = e_t − a e_{t−1}    q_t = y_t − a y_{t−1}    the first of a run: p = (1−a) e, q = (1−a) y
 *   ℓ = Σ p²/D + dc Σ_o (Σ e)²/(n E)      D = Σ (q² + floor)    E = Σ (y² + floor)
 *   ŷ̄_t = 2 (p_t − a p_{t+1})/D + 2 dc Σ e/(n E)    the first of a run: (1−a) p_t for p_t; the last: nothing for p_{t+1}
 *
 * Wright, Damskägg & Välimäki 2019. A NaN target is missing. Returns NaN, and sets d to 0, when none is present.
 * Shapes   y, target, d [T × O], `stride` bytes from one sample to the next   parameters a, dc, floor
 * Cost     some 12 operations in float64 a number, twice over
 */
export function alongTime(y: usize, target: usize, d: usize, stride: usize, T: u32, outputs: u32, parameters: usize): f64 {
  const a = <f64>load<f32>(parameters), dc = <f64>load<f32>(parameters, 4), floor = <f64>load<f32>(parameters, 8);
  const end = <usize>T * stride, bytes = <usize>outputs << 2;
  let P: f64 = 0, D: f64 = 0, E: f64 = 0, n: u32 = 0;
  for (let o: usize = 0; o < bytes; o += 4) {
    let before = NaN, errorBefore: f64 = 0;
    for (let at = o; at < end; at += stride) {
      const want = <f64>load<f32>(target + at);
      if (want == want) {
        const e = <f64>load<f32>(y + at) - want;
        const first = before != before;
        const p = e - a * (first ? e : errorBefore), q = want - a * (first ? want : before);
        P += p * p;
        D += q * q + floor;
        E += want * want + floor;
        n += 1;
        errorBefore = e;
      }
      before = want;
    }
  }
  if (n == 0) {
    for (let o: usize = 0; o < bytes; o += 4) for (let at = o; at < end; at += stride) store<f32>(d + at, 0);
    return NaN;
  }
  let loss = P / D;
  for (let o: usize = 0; o < bytes; o += 4) loss += channel(y + o, target + o, d + o, stride, end, a, 2 / D, dc / (<f64>n * E));
  return loss;
}

/** One channel's gradient, from its last sample to its first. Returns its DC term; `byDc` is dc/(n E). */
function channel(y: usize, target: usize, d: usize, stride: usize, end: usize, a: f64, scale: f64, byDc: f64): f64 {
  let sum: f64 = 0;
  for (let at: usize = 0; at < end; at += stride) {
    const want = <f64>load<f32>(target + at);
    if (want == want) sum += <f64>load<f32>(y + at) - want;
  }
  const shift = 2 * byDc * sum;
  let after: f64 = 0;
  for (let at = end; at > 0;) {
    at -= stride;
    const want = <f64>load<f32>(target + at);
    if (want == want) {
      const e = <f64>load<f32>(y + at) - want;
      const before = at > 0 ? <f64>load<f32>(target + at - stride) : NaN;
      const first = before != before;
      const p = first ? (1 - a) * e : e - a * (<f64>load<f32>(y + at - stride) - before);
      store<f32>(d + at, <f32>(scale * ((first ? (1 - a) * p : p) - after) + shift));
      after = first ? 0 : a * p;
    } else {
      store<f32>(d + at, 0);
      after = 0;
    }
  }
  return byDc * sum * sum;
}

/** Of one sample alone: a window of one. */
export function loss(y: usize, target: usize, d: usize, outputs: u32, parameters: usize): f64 {
  return alongTime(y, target, d, <usize>outputs << 2, 1, outputs, parameters);
}
