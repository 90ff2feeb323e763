/**
 * Mean squared error of one sample over its n present elements: ℓ = Σ (y − ŷ)²/n,  ȳ = 2 (y − ŷ)/n.
 * A NaN target is missing. Returns NaN, and sets d to 0, when none is present.
 */
export function loss(y: usize, target: usize, d: usize, outputs: u32, _parameters: usize): f64 {
  let sum: f64 = 0;
  let n: u32 = 0;
  const end = target + (outputs << 2);
  for (let at = target; at < end; at += 4, y += 4, d += 4) {
    const want = load<f32>(at);
    const error = want == want ? load<f32>(y) - want : 0;
    if (want == want) n += 1;
    sum += <f64>error * <f64>error;
    store<f32>(d, error);
  }
  if (n == 0) return NaN;
  const scale = <f32>(2.0 / <f64>n);
  for (let at = d - (outputs << 2); at < d; at += 4) store<f32>(at, load<f32>(at) * scale);
  return sum / <f64>n;
}
