/** MT19937 (Matsumoto & Nishimura 1998), as Python's `random` and NumPy's legacy `numpy.random` seed and read it. */
class MersenneTwister {
  readonly words = new Uint32Array(624);
  #at = 624;

  constructor(seed: number) {
    this.words[0] = seed;
    for (let i = 1; i < 624; i++) this.words[i] = Math.imul(this.#mixed(i), 1812433253) + i;
  }

  #mixed = (i: number) => this.words[i - 1] ^ (this.words[i - 1] >>> 30);

  /** init_by_array with a key of one word. */
  stir(key: number): this {
    const { words } = this;
    for (let k = 0, i = 1; k < 624; k++) {
      words[i] = (words[i] ^ Math.imul(this.#mixed(i), 1664525)) + key;
      if (++i === 624) [words[0], i] = [words[623], 1];
    }
    for (let k = 0, i = 2; k < 623; k++) {
      words[i] = (words[i] ^ Math.imul(this.#mixed(i), 1566083941)) - i;
      if (++i === 624) [words[0], i] = [words[623], 1];
    }
    words[0] = 0x80000000;
    return this;
  }

  uint32(): number {
    const { words } = this;
    if (this.#at === 624) {
      this.#at = 0;
      for (let i = 0; i < 624; i++) {
        const y = (words[i] & 0x80000000) | (words[(i + 1) % 624] & 0x7fffffff);
        words[i] = words[(i + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
    }
    let y = words[this.#at++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** 53 bits of [0, 1). */
  uniform(): number {
    return ((this.uint32() >>> 5) * 2 ** 26 + (this.uint32() >>> 6)) / 2 ** 53;
  }
}

/** Python's `random.Random(seed)`. */
export function pythonRandom(seed: number) {
  const twister = new MersenneTwister(19650218).stir(seed);
  return {
    choices: <T>(population: readonly T[], k: number): T[] =>
      Array.from({ length: k }, () => population[Math.floor(twister.uniform() * population.length)]),
    /** What `sample` draws its positions by. */
    below(n: number): number {
      const shift = Math.clz32(n);
      let draw = twister.uint32() >>> shift;
      while (draw >= n) draw = twister.uint32() >>> shift;
      return draw;
    },
  };
}

/** `numpy.random` after `numpy.random.seed(seed)`. */
export function numpyRandom(seed: number) {
  const twister = new MersenneTwister(seed);
  let kept: number | undefined;
  const normal = (): number => {
    if (kept !== undefined) {
      const value = kept;
      kept = undefined;
      return value;
    }
    for (;;) {
      const x = 2 * twister.uniform() - 1;
      const y = 2 * twister.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const stretch = Math.sqrt((-2 * Math.log(square)) / square);
      kept = stretch * x;
      return stretch * y;
    }
  };
  return {
    /** `randint(n, size)` for a power of two. */
    integers: (n: number, size: number) => Array.from({ length: size }, () => twister.uint32() & (n - 1)),
    normals: (mean: number, deviation: number, size: number) =>
      Array.from({ length: size }, () => mean + deviation * normal()),
  };
}
