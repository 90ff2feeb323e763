import { ScoreWindow } from './scoreWindow.js';

const LEAST = 20;

/**
 * How many of the forecasts that are still out will have missed, going by the newest scores: each is expected to miss as often as
 * its radius would have been exceeded by them. Kept as one count of pairs (radius out, newer score above it), so a row costs two binary
 * searches a window, however many forecasts are out.
 */
export class PendingMisses {
  readonly #scores: ScoreWindow;
  readonly #radii: ScoreWindow;
  readonly #pairs = new Float64Array(1);

  /** `horizon` ≥ 2 rows ahead: one fewer forecasts are out when the next is made. */
  constructor(horizon: number) {
    this.#scores = new ScoreWindow(Math.max(LEAST, horizon));
    this.#radii = new ScoreWindow(horizon - 1);
  }

  get state(): readonly Float64Array[] {
    return [this.#pairs, ...this.#scores.state, ...this.#radii.state];
  }

  /** Expected misses above those that a share alpha would give. */
  surplus(alpha: number): number {
    return this.#pairs[0] / (this.#scores.count + 1) - alpha * this.#radii.count;
  }

  learn(score: number): void {
    const gone = this.#scores.push(score);
    this.#pairs[0] += this.#radii.below(score) - (Number.isNaN(gone) ? 0 : this.#radii.below(gone));
  }

  /** A forecast went out with this radius, and the oldest is due with the next row. */
  issue(radius: number): void {
    const due = this.#radii.push(radius);
    this.#pairs[0] += this.#scores.above(radius) - (Number.isNaN(due) ? 0 : this.#scores.above(due));
  }
}
