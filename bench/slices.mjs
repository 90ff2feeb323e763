// Slices of things that are timed in this process.
import { median } from './race.mjs';

/** Microseconds of each of `times` calls of `body(times)`, awaited where it is asynchronous. */
async function timed(body, times) {
  const start = performance.now();
  const done = body(times);
  if (done instanceof Promise) await done;
  return ((performance.now() - start) * 1000) / times;
}

/**
 * Times several bodies by turns.
 *
 * @param bodies by name, each a function of how many times to do its work
 * @returns by name: `{ min, median }` in microseconds
 */
export async function interleave(bodies, { slices, milliseconds }) {
  const names = Object.keys(bodies);
  const counts = {};
  const found = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of names) {
    // As many as fill a slice, found after the engine has compiled it.
    let count = 16;
    for (let spent = 0; spent < 3; ) {
      const one = await timed(bodies[name], count);
      if (one * count >= milliseconds * 1000) spent++;
      else count = Math.ceil(count * Math.min(8, (1.3 * milliseconds * 1000) / (one * count)));
      counts[name] = Math.max(1, Math.round((milliseconds * 1000) / one));
    }
  }
  for (let slice = 0; slice < slices; slice++) {
    for (const name of names) found[name].push(await timed(bodies[name], counts[name]));
  }
  return Object.fromEntries(
    names.map((name) => [name, { min: Math.min(...found[name]), median: median(found[name]) }]),
  );
}
