import type { Covariance, CovarianceOptions, OpenCovariance, Storage } from './rls/covariance.js';
import { createReferenceCovariance } from './rls/reference.js';

/** What an RLS is made with. */
export interface RlsOptions extends CovarianceOptions {
  /** Outputs that share the inputs and so the covariance. Default 1. */
  outputs?: number;
  /** Where the covariance lives. Default: in plain arrays. The bits are the same. */
  open?: OpenCovariance | undefined;
}

/**
 * Recursive least squares with forgetting (Plackett 1950; Haykin, Adaptive Filter Theory, ch. 10), with weights W, covariance P:
 *
 *     g = P x,   k = g / (λ + xᵀg),   P ← (P − k gᵀ) / λ,   W_o ← W_o + k e_o
 *
 * P never sees a target, so `excite` moves it when x is known and `correct` moves an output's weights when its target
 * has come: every output learns as if it were alone, at its own delay, at the cost of one covariance.
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
  readonly state: readonly Storage[];
  readonly #covariance: Covariance;

  constructor({ inputs, outputs = 1, forgetting, prior, open = createReferenceCovariance }: RlsOptions) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.weights = new Float64Array(inputs * outputs);
    this.#covariance = open({ inputs, forgetting, prior });
    this.state = [this.weights, this.#covariance.values];
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
    this.#covariance.excite(x, at, gain, to);
  }

  /** Moves output `o` along the gain at gain[at …]. */
  correct(o: number, gain: Float64Array, at: number, error: number): void {
    const { inputs, weights } = this;
    for (let i = 0, w = o * inputs; i < inputs; i++, w++) weights[w] += gain[at + i] * error;
  }

  /** Back to the start: no weights, the prior's covariance. */
  reset(): void {
    this.weights.fill(0);
    this.#covariance.reset();
  }
}
