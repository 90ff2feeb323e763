/** What an RLS is made with. */
export interface RlsOptions {
  inputs: number;
  /** Outputs that share the inputs and so the covariance. Default 1. */
  outputs?: number;
  /** λ: the weight of a sample falls by it with each newer one, 0 < λ ≤ 1. */
  forgetting: number;
  /** The covariance starts as prior · I. */
  prior: number;
}

/**
 * Recursive least squares with forgetting (Plackett 1950; Haykin, Adaptive Filter Theory, ch. 10), with weights W, covariance P:
 *
 *     g = P x,   k = g / (λ + xᵀg),   P ← (P − k gᵀ) / λ,   W_o ← W_o + k e_o
 *
 * P never sees a target, so `excite` moves it when x is known and `correct` moves an output's weights when its target
 * has come: every output learns as if it were alone, at its own delay, at the cost of one covariance.
 *
 * P is kept as its lower triangle, so it is symmetric by construction, and is bounded: nothing is forgotten while a
 * diagonal element is above 1; a P that rounding has made indefinite starts anew. Allocates nothing after the start.
 *
 *     const rls = new Rls({ inputs: 3, forgetting: 0.9998, prior: 0.1 });
 *     rls.excite(x, 0, gain, 0);
 *     rls.correct(0, gain, 0, target - rls.predict(0, x, 0));
 */
export class Rls {
  readonly inputs: number;
  readonly outputs: number;
  /** [outputs × inputs] */
  readonly weights: Float64Array;
  /**
   * The triangle in blocks of four rows, zeros after the last input: block b holds columns 0 … 4b + 3, a column's four numbers
   * side by side, so that one pass takes four rows at a time.
   */
  readonly covariance: Float64Array;
  readonly state: readonly Float64Array[];
  readonly #blocks: number;
  readonly #x: Float64Array;
  readonly #g: Float64Array;
  readonly #forgetting: number;
  readonly #prior: number;

  constructor({ inputs, outputs = 1, forgetting, prior }: RlsOptions) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.#blocks = Math.ceil(inputs / 4);
    this.#forgetting = forgetting;
    this.#prior = prior;
    this.weights = new Float64Array(inputs * outputs);
    this.covariance = new Float64Array(8 * this.#blocks * (this.#blocks + 1));
    this.state = [this.weights, this.covariance];
    this.#x = new Float64Array(this.#blocks * 4);
    this.#g = new Float64Array(this.#blocks * 4);
    this.forgetCovariance();
  }

  /** Output `o` for the inputs at x[at …]. */
  predict(o: number, x: Float64Array, at: number): number {
    const { inputs, weights } = this;
    const w = o * inputs;
    let even = 0;
    let odd = 0;
    let i = 0;
    for (; i + 1 < inputs; i += 2) {
      even += weights[w + i] * x[at + i];
      odd += weights[w + i + 1] * x[at + i + 1];
    }
    if (i < inputs) even += weights[w + i] * x[at + i];
    return even + odd;
  }

  /** Moves the covariance by the inputs at x[at …] and writes their gain to gain[to …]. */
  excite(x: Float64Array, at: number, gain: Float64Array, to: number): void {
    const n = this.inputs;
    const own = this.#x;
    const g = this.#g;
    for (let i = 0; i < n; i++) own[i] = x[at + i];
    const most = this.#multiply();
    let excitation = 0;
    for (let i = 0; i < n; i++) excitation += g[i] * own[i];
    if (!(excitation >= 0 && excitation < MOST_EXCITED)) {
      this.forgetCovariance();
      gain.fill(0, to, to + n);
      return;
    }
    const lambda = most > BOUND ? 1 : this.#forgetting;
    const scale = 1 / (lambda + excitation);
    for (let i = 0; i < n; i++) gain[to + i] = g[i] * scale;
    this.#subtract(1 / lambda, Math.sqrt(scale / lambda));
  }

  /** Moves output `o` along the gain at gain[at …]. */
  correct(o: number, gain: Float64Array, at: number, error: number): void {
    const { inputs, weights } = this;
    for (let i = 0, w = o * inputs; i < inputs; i++, w++) weights[w] += gain[at + i] * error;
  }

  /** The covariance between two inputs. */
  between(i: number, j: number): number {
    const [row, column] = i > j ? [i, j] : [j, i];
    const block = row >> 2;
    return this.covariance[8 * block * (block + 1) + column * 4 + (row & 3)];
  }

  /** Puts the covariance back to its prior: weights are kept, but learned anew from what comes. */
  forgetCovariance(): void {
    this.covariance.fill(0);
    for (let i = 0; i < this.inputs; i++) {
      const block = i >> 2;
      this.covariance[8 * block * (block + 1) + i * 4 + (i & 3)] = this.#prior;
    }
  }

  /** Back to the start: no weights, the prior's covariance. */
  startAnew(): void {
    this.weights.fill(0);
    this.forgetCovariance();
  }

  /** g = P x; the largest diagonal element. */
  #multiply(): number {
    const { covariance: P } = this;
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
      for (let j = 0; j < i; j++, p += 4) {
        const xj = x[j];
        const p0 = P[p];
        const p1 = P[p + 1];
        const p2 = P[p + 2];
        const p3 = P[p + 3];
        g0 += p0 * xj;
        g1 += p1 * xj;
        g2 += p2 * xj;
        g3 += p3 * xj;
        g[j] += p0 * x0 + p1 * x1 + (p2 * x2 + p3 * x3);
      }
      // The four by four on the diagonal: column by column, from the diagonal down.
      g[i] = g0 + P[p] * x0 + P[p + 1] * x1 + (P[p + 2] * x2 + P[p + 3] * x3);
      g[i + 1] = g1 + P[p + 1] * x0 + P[p + 5] * x1 + (P[p + 6] * x2 + P[p + 7] * x3);
      g[i + 2] = g2 + P[p + 2] * x0 + P[p + 6] * x1 + (P[p + 10] * x2 + P[p + 11] * x3);
      g[i + 3] = g3 + P[p + 3] * x0 + P[p + 7] * x1 + (P[p + 11] * x2 + P[p + 15] * x3);
      most = Math.max(most, P[p], P[p + 5], P[p + 10], P[p + 15]);
      p += 16;
    }
    return most;
  }

  /** P ← inverse · P − (root · g)(root · g)ᵀ. Above the diagonal of a block it writes what nobody reads. */
  #subtract(inverse: number, root: number): void {
    const { covariance: P } = this;
    const g = this.#g;
    for (let i = 0; i < g.length; i++) g[i] *= root;
    for (let i = 0, p = 0; i < g.length; i += 4) {
      const g0 = g[i];
      const g1 = g[i + 1];
      const g2 = g[i + 2];
      const g3 = g[i + 3];
      for (let j = 0; j < i + 4; j++, p += 4) {
        const gj = g[j];
        P[p] = P[p] * inverse - g0 * gj;
        P[p + 1] = P[p + 1] * inverse - g1 * gj;
        P[p + 2] = P[p + 2] * inverse - g2 * gj;
        P[p + 3] = P[p + 3] * inverse - g3 * gj;
      }
    }
  }
}

const BOUND = 1;
const MOST_EXCITED = 1e12;
