/** What a covariance is opened with. */
export interface CovarianceOptions {
  /** n, the inputs. */
  inputs: number;
  /** λ: the weight of a sample falls by it with each newer one, 0 < λ ≤ 1. */
  forgetting: number;
  /** P starts as prior · I. */
  prior: number;
}

/** Numbers that are kept for a snapshot: a Float64Array, or a stretch of the kernels' heap, which moves when the heap grows. */
export interface Storage {
  readonly length: number;
  slice(): Float64Array;
  set(values: ArrayLike<number>): void;
}

/**
 * The covariance P of recursive least squares with forgetting (Plackett 1950; Haykin, Adaptive Filter Theory, ch. 10):
 *
 *     g = P x,   k = g / (λ + xᵀg),   P ← (P − k gᵀ) / λ
 *
 * P sees inputs alone, so one of it serves every output and every horizon. It is symmetric by construction and bounded:
 * nothing is forgotten while a diagonal element is above 1; a P that rounding has made indefinite is reset.
 */
export interface Covariance {
  /**
   * P's lower triangle in blocks of four rows, zeros after the last input: block b holds columns 0 … 4b + 3, a column's four
   * numbers side by side, those on the diagonal whole.
   */
  readonly values: Storage;
  /** Moves P by the inputs at x[at …] and writes their gain k to gain[to …]. */
  excite(x: Float64Array, at: number, gain: Float64Array, to: number): void;
  /** Back to prior · I. */
  reset(): void;
}

export type OpenCovariance = (options: CovarianceOptions) => Covariance;

/** An excitation xᵀP x that is negative or beyond it shows a P that has lost its meaning. */
export const MOST_EXCITED = 1e12;

/** Numbers of a triangle for n inputs. */
export function triangleSize(inputs: number): number {
  const blocks = Math.ceil(inputs / 4);
  return 8 * blocks * (blocks + 1);
}

/** Where the element of row i ≥ column j stands. */
export function triangleIndex(i: number, j: number): number {
  const block = i >> 2;
  return 8 * block * (block + 1) + j * 4 + (i & 3);
}
