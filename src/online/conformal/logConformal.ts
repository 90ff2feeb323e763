import { exp, log } from '../../math.js';
import type { Radius } from './radius.js';
import { ScoreWindow } from './scoreWindow.js';

/**
 * Adaptive conformal inference (Gibbs & Candès 2021, arXiv:2106.00170) on the logarithm of the level:
 *
 *     α_t = α e^{v_t},   v_{t+1} = min(v_t + γ (α − err_t), −ln α)
 *
 * The paper's rule steps by γ whatever the level, so a γ that is quick enough to hold the coverage over a thousand rows jumps
 * below 0 (an infinite set) at every other miss. Steps in proportion do not: the level is never 0, and γ may be forty times
 * the paper's. The misses over T rows are within (|v_T − v_0| / γ T) of α while v is below its bound; the bound is a radius
 * of 0, below which no interval can go: forecasts that are exactly right for days are all covered, and nothing winds up.
 * A level that asks for more than the window holds widens its largest score by √(least level / level).
 */
export class LogConformal implements Radius {
  readonly #window: ScoreWindow;
  readonly #log = new Float64Array(1);

  constructor(
    readonly alpha: number,
    readonly gamma: number,
    window: number,
  ) {
    this.#window = new ScoreWindow(window);
  }

  get state(): readonly Float64Array[] {
    return [this.#log, ...this.#window.state];
  }

  get radius(): number {
    const level = this.alpha * exp(this.#log[0]);
    const least = 1 / (this.#window.count + 1);
    if (level >= least) return this.#window.quantile(1 - level);
    return this.#window.largest * Math.sqrt(least / level);
  }

  learn(score: number, issued: number): void {
    const next = this.#log[0] + this.gamma * (this.alpha - (score > issued ? 1 : 0));
    this.#log[0] = Math.max(-LOWEST, Math.min(next, -log(this.alpha)));
    this.#window.push(score);
  }
}

const LOWEST = 100; // e^−100: the radius is 10^21 times the largest score, and still a number
