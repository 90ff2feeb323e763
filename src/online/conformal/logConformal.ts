import { exp, log, pow } from '../../math.js';
import { PendingMisses } from './pendingMisses.js';
import type { Radius } from './radius.js';
import { ScoreWindow } from './scoreWindow.js';

const LOWEST = -100; // e^−100 is still a number
const TAIL = 0.15; // index of the tail beyond the largest score

/**
 * Adaptive conformal inference (Gibbs & Candès 2021, arXiv:2106.00170) on the logarithm of the level, with the forecasts that are
 * still out counted in:
 *
 *     α_t = α e^{v_t − γ p_t},   v_{t+1} = min(v_t + γ (α − err_t), −ln α),   p_t = Σ_out (expected miss − α)
 *
 * The paper's rule steps by γ whatever the level, so a γ that is quick enough to hold the coverage over a thousand rows jumps
 * below 0 (an infinite set) at every other miss. Steps in proportion do not: the level is never 0, and γ may be forty times
 * the paper's and more. The misses over T rows are within (|v_T − v_0| / γ T) of α while v is below its bound; the bound is a radius
 * of 0, below which no interval can go: forecasts that are exactly right for days are all covered, and nothing winds up.
 *
 * h rows ahead a miss is known h rows late. A controller that acts on what it knows then acts for h rows on one cause; p_t is what it has
 * already done and not yet seen (Smith 1957, Chem. Eng. Progress 53:217: a model of the delay inside the loop).
 *
 * A level that asks for more than the window holds widens its largest score by (least level / level)^0.15.
 */
export class LogConformal implements Radius {
  readonly #window: ScoreWindow;
  readonly #log = new Float64Array(1);
  readonly #pending: PendingMisses | undefined;

  constructor(
    readonly alpha: number,
    readonly gamma: number,
    window: number,
    horizon: number,
  ) {
    this.#window = new ScoreWindow(window);
    this.#pending = horizon > 1 ? new PendingMisses(horizon) : undefined;
  }

  get state(): readonly Float64Array[] {
    return [this.#log, ...this.#window.state, ...(this.#pending?.state ?? [])];
  }

  get radius(): number {
    const ahead = this.#log[0] - this.gamma * (this.#pending?.surplus(this.alpha) ?? 0);
    const level = Math.min(1, this.alpha * exp(Math.max(LOWEST, ahead)));
    const least = 1 / (this.#window.count + 1);
    if (level >= least) return this.#window.quantile(1 - level);
    return this.#window.largest * pow(least / level, TAIL);
  }

  issue(radius: number): void {
    this.#pending?.issue(radius);
  }

  learn(score: number, issued: number): void {
    const next = this.#log[0] + this.gamma * (this.alpha - (score > issued ? 1 : 0));
    this.#log[0] = Math.max(LOWEST, Math.min(next, -log(this.alpha)));
    this.#window.push(score);
    this.#pending?.learn(score);
  }
}
