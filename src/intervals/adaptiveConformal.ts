import { levelRadius } from './levelRadius.js';
import type { Radius } from './radius.js';
import { ScoreWindow } from './scoreWindow.js';

/**
 * Adaptive conformal inference (Gibbs & Candès 2021, arXiv:2106.00170): the level at which the quantile of the recent
 * scores is taken follows the misses,
 *
 *     α_{t+1} = α_t + γ (α − err_t),   α the target, err_t = 1 when the value fell outside
 *
 * so that over T rows the share of misses is within (max(α₁, 1 − α₁) + γ) / (γ T) of α, whatever the stream does.
 */
export class AdaptiveConformal implements Radius {
  readonly #window: ScoreWindow;
  readonly #level: Float64Array;

  constructor(
    readonly alpha: number,
    readonly gamma: number,
    window: number,
  ) {
    this.#window = new ScoreWindow(window);
    this.#level = Float64Array.of(alpha);
  }

  get state(): readonly Float64Array[] {
    return [this.#level, ...this.#window.state];
  }

  next(): number {
    return levelRadius(this.#window, this.#level[0], this.alpha);
  }

  learn(score: number, issued: number): void {
    this.#level[0] += this.gamma * (this.alpha - (score > issued ? 1 : 0));
    this.#window.push(score);
  }
}
