import { cos, log, sin } from '../math/functions.js';
import type { Radius } from './radius.js';
import { ScoreWindow } from './scoreWindow.js';

const RATE = 0.1;
const DELTA = 0.01;
const STEEPEST = 1e3; // the integrator's tangent, before its pole

/**
 * Conformal PID control (Angelopoulos, Candès & Tibshirani 2023, arXiv:2307.16895): the radius itself is tracked, with no
 * way through a level.
 *
 *     P   p_{t+1} = p_t + η_t (err_t − α),   η_t = 0.1 · the largest score of the window
 *     I   r_t(x) = K tan(x ln(t+1) / (C (t+1))),   x = Σ (err_i − α),   K = that same score,   C = (2/π)(⌈δ ln T⌉ − 1/ln T)
 *
 * The D part, a model of the scores themselves, is left to the forecaster. T = 10⁴ rows in C, δ = 0.01, as in the paper.
 */
export class ConformalPid implements Radius {
  readonly #window: ScoreWindow;
  /** p, Σ (err − α), rows */
  readonly #state = new Float64Array(3);
  readonly #saturation: number;

  constructor(
    readonly alpha: number,
    window: number,
  ) {
    this.#window = new ScoreWindow(window);
    const horizon = log(1e4);
    this.#saturation = (2 / Math.PI) * (Math.ceil(DELTA * horizon) - 1 / horizon);
  }

  get state(): readonly Float64Array[] {
    return [this.#state, ...this.#window.state];
  }

  next(): number {
    const [tracked, missed, rows] = this.#state;
    const angle = (missed * log(rows + 1)) / (this.#saturation * (rows + 1));
    const most = Math.PI / 2 - 1 / STEEPEST;
    const bounded = Math.max(-most, Math.min(most, angle));
    return Math.max(0, tracked + (this.#window.largest * sin(bounded)) / cos(bounded));
  }

  learn(score: number, issued: number): void {
    const state = this.#state;
    const surplus = (score > issued ? 1 : 0) - this.alpha;
    this.#window.push(score);
    state[0] += RATE * this.#window.largest * surplus;
    state[1] += surplus;
    state[2]++;
  }
}
