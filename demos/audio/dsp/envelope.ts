/** The level of a sound: |x|, that it follows with one time constant (seconds) up and another down. */
export function envelope(attack: number, release: number, sampleRate: number): (x: number) => number {
  const up = 1 / (1 + attack * sampleRate);
  const down = 1 / (1 + release * sampleRate);
  let level = 0;
  return (x) => {
    const now = Math.abs(x);
    level += (now > level ? up : down) * (now - level);
    return level;
  };
}
