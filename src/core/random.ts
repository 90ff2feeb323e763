import { cos, log } from '../math/functions.js';
import { EddyError } from './errors.js';
import type { Snapshot } from './stage.js';

/** A stream of random numbers that a seed determines, bit for bit, on every host. */
export interface Random {
  /** Evenly from [0, 1), all 53 bits. */
  uniform(): number;
  /** From the standard normal distribution. */
  normal(): number;
  /** A whole number, evenly from 0 … n − 1; n from 1 to 2^32. */
  integer(n: number): number;
  snapshot(): Snapshot;
  restore(from: Snapshot): void;
}

// Written out: the language leaves ** to the host, like Math.pow.
const TWO_32 = 0x100000000;
const TWO_53 = 0x20000000000000;

/**
 * Opens a seeded generator: sfc32 (C. Doty-Humphrey, PractRand 0.9x, 2010; 128 bits of state, period at least 2^32), seeded by
 * the two halves of `seed` and 15 discarded draws. Normal draws: Box & Muller 1958, one for two uniform ones.
 *
 *     const random = createRandom(7);
 *     random.uniform();  random.normal();  random.integer(6);
 *
 * Fails with `invalid-option` if the seed is not a whole number from 0 to 2^53 − 1, or n not one from 1 to 2^32; with
 * `invalid-state` if a record to restore is not a generator's.
 */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new EddyError('invalid-option', `random: seed must be a whole number from 0 to 2^53 − 1, got ${seed}`);
  }
  let a = 0;
  let b = seed >>> 0;
  let c = Math.floor(seed / TWO_32);
  let counter = 1;

  const next = () => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    counter |= 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 15; i++) next();

  const uniform = () => {
    const high = next() >>> 5;
    return (high * 0x4000000 + (next() >>> 6)) / TWO_53;
  };
  return {
    uniform,
    normal: () => {
      const radius = Math.sqrt(-2 * log(1 - uniform()));
      return radius * cos(2 * Math.PI * uniform());
    },
    integer(n) {
      if (!Number.isInteger(n) || n < 1 || n > TWO_32) {
        throw new EddyError('invalid-option', `random.integer: n must be a whole number from 1 to 2^32, got ${n}`);
      }
      for (;;) {
        const draw = next();
        const multiple = Math.floor(draw / n) * n; // % on such numbers takes three times as long
        // Draws from the last multiple of n on would favour small results.
        if (multiple + n <= TWO_32) return draw - multiple;
      }
    },
    snapshot: () => ({ a, b, c, counter }),
    restore(from) {
      const words = [from.a, from.b, from.c, from.counter].filter((word) => typeof word === 'number');
      const [a0, b0, c0, counter0] = words;
      if (a0 === undefined || b0 === undefined || c0 === undefined || counter0 === undefined) {
        throw new EddyError('invalid-state', 'random: a snapshot has the numbers a, b, c, counter; got another record');
      }
      [a, b, c, counter] = [a0 | 0, b0 | 0, c0 | 0, counter0 | 0];
    },
  };
}
