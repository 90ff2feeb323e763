/** The level of a sound: |x|, that it follows with one time constant (seconds) up and another down. */
export function envelope(attack: number, release: number, sampleRate: number): (x: number) => number {
  const up = 1 / (1 + attack * sampleRate);
  const down = 1 / (1 + release * sampleRate);
  // In an array: a captured variable would be a new object at every sample.
  const level = new Float64Array(1);
  return (x) => {
    const now = Math.abs(x);
    level[0] += (now > level[0] ? up : down) * (now - level[0]);
    return level[0];
  };
}
