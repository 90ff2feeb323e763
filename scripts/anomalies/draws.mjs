/** What simulated streams are drawn with. */
export const rowsOf = (n, value) => Array.from({ length: n }, (_, t) => value(t));
export const exponential = (random) => -Math.log(1 - random.uniform());
/** A row in these parts of the stream, at random. */
export const somewhere = (random, n, from = 0.3, to = 0.9) => Math.floor(n * (from + (to - from) * random.uniform()));
export const apart = (random, n, count) =>
  Array.from({ length: count }, (_, k) => Math.floor(n * (0.2 + (0.75 * (k + 0.1 + 0.8 * random.uniform())) / count)));

/** An autoregressive wander of unit variance. */
export function wander(random, n, keep) {
  let state = random.normal();
  return rowsOf(n, () => {
    state = keep * state + Math.sqrt(1 - keep * keep) * random.normal();
    return state;
  });
}

export const busy = (hour) => hour >= 9 && hour < 18;

/** Bursts that come at random and fade. */
export function bursts(random, n, chance, size, keep) {
  let level = 0;
  return rowsOf(n, () => {
    level = keep * level + (random.uniform() < chance ? size * exponential(random) : 0);
    return level;
  });
}
