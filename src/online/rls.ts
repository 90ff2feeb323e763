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
 * diagonal element is above `BOUND`. Allocates nothing after the start.
 *
 *     const rls = new Rls({ inputs: 3, forgetting: 0.9998, prior: 0.1 });
 *     rls.excite(x, 0, gain, 0);
 *     rls.correct(0, gain, 0, target - rls.predict(0, x, 0));
 */
export class Rls {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float64Array;
  /** Row i of the lower triangle starts at i(i + 1)/2. */
  readonly covariance: Float64Array;
  readonly #g: Float64Array;
  readonly #forgetting: number;
  readonly #prior: number;

  constructor({ inputs, outputs = 1, forgetting, prior }: RlsOptions) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.weights = new Float64Array(inputs * outputs);
    this.covariance = new Float64Array((inputs * (inputs + 1)) / 2);
    this.#g = new Float64Array(inputs);
    this.#forgetting = forgetting;
    this.#prior = prior;
    this.forgetCovariance();
  }

  get state(): readonly Float64Array[] {
    return [this.weights, this.covariance];
  }

  /** Output `o` for the inputs at x[at …]. */
  predict(o: number, x: Float64Array, at: number): number {
    const { inputs, weights } = this;
    let sum = 0;
    for (let i = 0, w = o * inputs; i < inputs; i++, w++) sum += weights[w] * x[at + i];
    return sum;
  }

  /** Moves the covariance by the inputs at x[at …] and writes their gain to gain[to …]. */
  excite(x: Float64Array, at: number, gain: Float64Array, to: number): void {
    const { inputs: n, covariance } = this;
    const g = this.#g;
    let most = 0;
    for (let i = 0, p = 0; i < n; i++) {
      const xi = x[at + i];
      let sum = 0;
      for (let j = 0; j < i; j++, p++) {
        sum += covariance[p] * x[at + j];
        g[j] += covariance[p] * xi;
      }
      const diagonal = covariance[p++];
      if (diagonal > most) most = diagonal;
      g[i] = sum + diagonal * xi;
    }
    let excitation = 0;
    for (let i = 0; i < n; i++) excitation += g[i] * x[at + i];
    const lambda = most > BOUND ? 1 : this.#forgetting;
    const inverse = 1 / lambda;
    const scale = 1 / (lambda + excitation);
    if (!(excitation >= 0 && excitation < 1e12)) {
      this.forgetCovariance();
      gain.fill(0, to, to + n);
      return;
    }
    for (let i = 0, p = 0; i < n; i++) {
      const ki = g[i] * scale;
      gain[to + i] = ki;
      for (let j = 0; j <= i; j++, p++) covariance[p] = (covariance[p] - ki * g[j]) * inverse;
    }
  }

  /** Moves output `o` along the gain at gain[at …]. */
  correct(o: number, gain: Float64Array, at: number, error: number): void {
    const { inputs, weights } = this;
    for (let i = 0, w = o * inputs; i < inputs; i++, w++) weights[w] += gain[at + i] * error;
  }

  /** Puts the covariance back to its prior: weights are kept, but learned anew from what comes. */
  forgetCovariance(): void {
    this.covariance.fill(0);
    for (let i = 0, p = 0; i < this.inputs; i++, p += i + 1) this.covariance[p] = this.#prior;
  }
}

const BOUND = 1;
