import { type Covariance, type CovarianceOptions, MOST_EXCITED, triangleIndex, triangleSize } from './covariance.js';

/**
 * The specification of the kernel, and what runs where no kernels do: the same operations in the same order, so the same bits.
 * Allocates nothing after the start.
 */
export class ReferenceCovariance implements Covariance {
  readonly values: Float64Array;
  readonly #options: CovarianceOptions;
  readonly #x: Float64Array;
  readonly #g: Float64Array;

  constructor(options: CovarianceOptions) {
    const padded = Math.ceil(options.inputs / 4) * 4;
    this.#options = options;
    this.values = new Float64Array(triangleSize(options.inputs));
    this.#x = new Float64Array(padded);
    this.#g = new Float64Array(padded);
    this.reset();
  }

  excite(x: Float64Array, at: number, gain: Float64Array, to: number): void {
    const { inputs: n, forgetting } = this.#options;
    const own = this.#x;
    const g = this.#g;
    for (let i = 0; i < n; i++) own[i] = x[at + i];
    const most = this.#multiply();
    let even = 0;
    let odd = 0;
    for (let i = 0; i < g.length; i += 2) {
      even += g[i] * own[i];
      odd += g[i + 1] * own[i + 1];
    }
    const excitation = even + odd;
    if (!(excitation >= 0 && excitation < MOST_EXCITED)) {
      this.reset();
      gain.fill(0, to, to + n);
      return;
    }
    const lambda = most > 1 ? 1 : forgetting;
    const scale = 1 / (lambda + excitation);
    for (let i = 0; i < n; i++) gain[to + i] = g[i] * scale;
    this.#subtract(1 / lambda, Math.sqrt(scale / lambda));
  }

  reset(): void {
    this.values.fill(0);
    for (let i = 0; i < this.#options.inputs; i++) this.values[triangleIndex(i, i)] = this.#options.prior;
  }

  /** g = P x; the largest diagonal element. Each stored element serves its row and, left of the diagonal, its column. */
  #multiply(): number {
    const P = this.values;
    const x = this.#x;
    const g = this.#g;
    let most = 0;
    for (let i = 0, p = 0; i < g.length; i += 4) {
      const x0 = x[i];
      const x1 = x[i + 1];
      const x2 = x[i + 2];
      const x3 = x[i + 3];
      let g0 = 0;
      let g1 = 0;
      let g2 = 0;
      let g3 = 0;
      for (let j = 0; j < i + 4; j++, p += 4) {
        const xj = x[j];
        const p0 = P[p];
        const p1 = P[p + 1];
        const p2 = P[p + 2];
        const p3 = P[p + 3];
        g0 += p0 * xj;
        g1 += p1 * xj;
        g2 += p2 * xj;
        g3 += p3 * xj;
        if (j < i) g[j] += p0 * x0 + p2 * x2 + (p1 * x1 + p3 * x3);
      }
      g[i] = g0;
      g[i + 1] = g1;
      g[i + 2] = g2;
      g[i + 3] = g3;
      most = Math.max(most, P[p - 16], P[p - 11], P[p - 6], P[p - 1]);
    }
    return most;
  }

  /** P ← inverse · P − (root · g)(root · g)ᵀ. */
  #subtract(inverse: number, root: number): void {
    const P = this.values;
    const g = this.#g;
    for (let i = 0; i < g.length; i++) g[i] *= root;
    for (let i = 0, p = 0; i < g.length; i += 4) {
      const g0 = g[i];
      const g1 = g[i + 1];
      const g2 = g[i + 2];
      const g3 = g[i + 3];
      for (let j = 0; j < i + 4; j++, p += 4) {
        P[p] = P[p] * inverse - g0 * g[j];
        P[p + 1] = P[p + 1] * inverse - g1 * g[j];
        P[p + 2] = P[p + 2] * inverse - g2 * g[j];
        P[p + 3] = P[p + 3] * inverse - g3 * g[j];
      }
    }
  }
}

export const createReferenceCovariance = (options: CovarianceOptions): Covariance => new ReferenceCovariance(options);
