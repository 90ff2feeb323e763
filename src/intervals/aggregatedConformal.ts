import { exp } from '../math/functions.js';
import { levelRadius } from './levelRadius.js';
import type { Radius } from './radius.js';
import { ScoreWindow } from './scoreWindow.js';

const GAMMAS = [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128];
const ETA = 2.72;
const SHARE = 1 / 1000;

/**
 * DtACI (Gibbs & Candès 2022, arXiv:2208.08401): adaptive conformal inference at eight step sizes γ_i at once, and the level
 * that goes out is their average under weights that follow each one's pinball loss. β_t is the score's own level in the
 * window: the largest at which the value would still have been covered.
 *
 *     ℓ_i = α (β_t − α_i) − min(0, β_t − α_i)     w̄_i = w_i exp(−η ℓ_i)
 *     w_i = (1 − σ) w̄_i / Σ w̄ + σ / 8             α_i ← α_i + γ_i (α − [β_t < α_i])
 *
 * The γ_i, η = 2.72 and σ = 1/1000 are those of the paper's experiments.
 */
export class AggregatedConformal implements Radius {
  readonly #window: ScoreWindow;
  readonly #levels = new Float64Array(GAMMAS.length);
  readonly #weights = new Float64Array(GAMMAS.length).fill(1 / GAMMAS.length);

  constructor(
    readonly alpha: number,
    window: number,
  ) {
    this.#window = new ScoreWindow(window);
    this.#levels.fill(alpha);
  }

  get state(): readonly Float64Array[] {
    return [this.#levels, this.#weights, ...this.#window.state];
  }

  next(): number {
    let level = 0;
    for (let i = 0; i < GAMMAS.length; i++) level += this.#weights[i] * this.#levels[i];
    return levelRadius(this.#window, level, this.alpha);
  }

  learn(score: number): void {
    const { alpha } = this;
    const levels = this.#levels;
    const weights = this.#weights;
    const own = this.#window.tail(score);
    let total = 0;
    for (let i = 0; i < GAMMAS.length; i++) {
      const short = own - levels[i];
      weights[i] *= exp(-ETA * (alpha * short - Math.min(0, short)));
      total += weights[i];
      levels[i] += GAMMAS[i] * (alpha - (own < levels[i] ? 1 : 0));
    }
    for (let i = 0; i < GAMMAS.length; i++) weights[i] = (1 - SHARE) * (weights[i] / total) + SHARE / GAMMAS.length;
    this.#window.push(score);
  }
}
