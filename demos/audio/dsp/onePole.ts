/**
 * A low-pass of first order: y ← y + a (x − y), a = 1/(1 + T·rate), which settles with the time constant T. By the implicit Euler method, so
 * that a is a quotient, the same number on every host.
 */
export function onePole(seconds: number, sampleRate: number): (x: number) => number {
  const a = 1 / (1 + seconds * sampleRate);
  // In an array: a captured variable would be a new object at every sample.
  const y = new Float64Array(1);
  return (x) => {
    y[0] += a * (x - y[0]);
    return y[0];
  };
}
