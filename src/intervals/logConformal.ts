import { exp, log, pow } from '../math/functions.js';
import type { Radius } from './radius.js';
import { ScoreWindow } from './scoreWindow.js';

const LOWEST = -100; // e^−100 is still a number
const TAIL = 0.15; // index of the tail beyond the largest score
const WIDEST = 2.5; // times the largest score
const OWED = 12; // misses
const SMOOTH = 12; // rows ahead up to which one level will do
const MOST_SPREAD = 9;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** γ where none is given. */
export const usualGamma = (horizon: number): number => Math.min(1.3, 0.15 + 0.05 * horizon);

/**
 * Adaptive conformal inference (Gibbs & Candès 2021, arXiv:2106.00170) on the logarithm of the level, with the forecasts that are
 * still out counted in, and their levels spread:
 *
 *     α_t = α e^{−γ (S_t + p_t) + σ u_t} σ / sinh σ,   S_t = Σ (err − α),   p_t = Σ_out (chance of a miss − α)
 *
 * The paper's rule is S alone, linear: it steps by γ whatever the level, so a γ that is quick enough to hold the coverage over a thousand
 * rows jumps below 0 (an infinite set) at every other miss. Steps in proportion do not: the level is never 0, and γ may be forty times the
 * paper's and more.
 *
 * h rows ahead a miss is known h rows late. A controller that acts on what it knows then acts for h rows on one cause; p is what it has
 * already done and not yet seen (Smith 1957, Chem. Eng. Progress 53:217: a model of the delay inside the loop).
 *
 * Were all that are out at one level, one surprise would miss them all at once: a run of h misses that nothing can take back. So they stand at
 * levels a factor of up to e^σ above and below, by turns: u_t in (−1, 1) goes through the multiples of the golden section, which are spread evenly over any
 * few rows (Weyl 1916), the same at one row for all horizons, and σ / sinh σ keeps the mean level. σ is 0 up to 12 rows ahead and then grows by a quarter a
 * row, to 9 at 48; a softer hand than `usualGamma` spreads less, in proportion.
 *
 * A level that asks for more than the window holds widens its largest score by (least level / level)^0.15, at most 2.5 times. No more
 * misses are owed than 12, or than bring the level to 1: forecasts that are exactly right for days are covered whatever the radius, and are not
 * to be paid for later.
 */
export class LogConformal implements Radius {
  readonly #window: ScoreWindow;
  readonly #surplus = new Float64Array(1);
  readonly #spread: number;
  readonly #mean: number;
  readonly #least: number;

  constructor(
    readonly alpha: number,
    readonly gamma: number,
    window: number,
    horizon: number,
  ) {
    this.#window = new ScoreWindow(window);
    const firmness = Math.min(1, gamma / usualGamma(horizon));
    this.#spread = firmness * Math.max(0, Math.min(MOST_SPREAD, (horizon - SMOOTH) / 4));
    this.#least = Math.min(-OWED, log(alpha) / gamma);
    this.#mean = this.#spread > 0 ? (exp(this.#spread) - exp(-this.#spread)) / (2 * this.#spread) : 1;
  }

  get state(): readonly Float64Array[] {
    return [this.#surplus, ...this.#window.state];
  }

  next(row: number, pending: number): number {
    const place = row * GOLDEN;
    const turn = 2 * (place - Math.floor(place)) - 1;
    const power = this.#spread * turn - this.gamma * (this.#surplus[0] + pending);
    const level = Math.min(1, (this.alpha / this.#mean) * exp(Math.max(LOWEST, power)));
    const least = 1 / (this.#window.count + 1);
    if (level >= least) return this.#window.quantile(1 - level);
    return this.#window.largest * Math.min(WIDEST, pow(least / level, TAIL));
  }

  learn(score: number, issued: number): void {
    if (issued < Number.POSITIVE_INFINITY) {
      this.#surplus[0] = Math.max(this.#least, this.#surplus[0] + (score > issued ? 1 : 0) - this.alpha);
    }
    this.#window.push(score);
  }
}
