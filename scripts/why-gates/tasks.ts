import { createRandom } from '../../src/core/random.js';

/** A batch of sequences, time-major: what every row reads at each sample, and what it should say there (nothing: undefined). */
export interface Batch {
  readonly xs: readonly Float32Array[];
  readonly targets: readonly (Float32Array | undefined)[];
}

/** A task with a memory: batches without end, and what one who remembers nothing would score. */
export interface Task {
  readonly input: number;
  readonly length: number;
  batches(rows: number, seed: number): () => Batch;
}

/** The samples at the start of the adding problem that may be marked. */
export const EARLY = 8;

/**
 * The adding problem (Hochreiter & Schmidhuber 1997, section 5.4): of a row of numbers from 0 to 1 two are marked; say their sum at the
 * end. Here both marks are `lag` samples or a few more before the end. Who remembers nothing says 1 and has a mean squared error of 1/6.
 */
export function adding(lag: number): Task {
  const early = EARLY / 2;
  const length = lag + EARLY;
  return {
    input: 2,
    length,
    batches(rows, seed) {
      const random = createRandom(seed);
      return () => {
        const xs = Array.from({ length }, () =>
          Float32Array.from({ length: rows * 2 }, (_, k) => (k % 2 ? 0 : random.uniform())),
        );
        const sums = Float32Array.from({ length: rows }, (_, row) => {
          const marks = [random.integer(early), early + random.integer(early)];
          for (const t of marks) xs[t][2 * row + 1] = 1;
          return marks.reduce((sum, t) => sum + xs[t][2 * row], 0);
        });
        return { xs, targets: xs.map((_, t) => (t === length - 1 ? sums : undefined)) };
      };
    },
  };
}

/** What the copy task is made of: symbols to remember, and how many of them. */
export const COPY = { symbols: 4, count: 3 };

/**
 * The copy task (after Hochreiter & Schmidhuber 1997; Graves, Wayne & Danihelka 2014), with distraction: a few marked symbols come, then
 * `lag` unmarked ones that mean nothing, then, at a sign, the marked ones are to be repeated in their order. Who remembers nothing is
 * right one time in four.
 */
export function copying(lag: number): Task {
  const { symbols, count } = COPY;
  const input = symbols + 2;
  const length = count + lag + count;
  return {
    input,
    length,
    batches(rows, seed) {
      const random = createRandom(seed);
      return () => {
        const xs = Array.from({ length }, () => new Float32Array(rows * input));
        const targets = xs.map((_, t) => (t >= length - count ? new Float32Array(rows) : undefined));
        for (let row = 0; row < rows; row++) {
          for (let t = 0; t < length - count; t++) {
            const symbol = random.integer(symbols);
            xs[t][row * input + symbol] = 1;
            if (t >= count) continue;
            xs[t][row * input + symbols] = 1;
            const target = targets[length - count + t];
            if (target) target[row] = symbol;
          }
          xs[length - count][row * input + symbols + 1] = 1;
        }
        return { xs, targets };
      };
    },
  };
}
