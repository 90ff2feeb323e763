/**
 * A low-pass of first order: y ← y + a (x − y), a = 1/(1 + T·rate), which settles with the time constant T. By the implicit Euler method, so
 * that a is a quotient, the same number on every host.
 */
export function onePole(seconds: number, sampleRate: number): (x: number) => number {
  const a = 1 / (1 + seconds * sampleRate);
  let y = 0;
  return (x) => {
    y += a * (x - y);
    return y;
  };
}
