import { clamp } from './clamp.js';
import type { OpenCovariance, Storage } from './rls/covariance.js';
import { Rls } from './rls.js';
import { RunningScales } from './runningScales.js';

export interface DelayedRlsOptions {
  inputs: number;
  /** Outputs: one for each number of rows ahead, 1 … horizon. */
  horizon: number;
  forgetting: number;
  prior: number;
  /** An error beyond so many running deviations teaches as if it were at them (Huber 1964). Default 3. */
  huber?: number;
  /** Where the covariance lives. Default: in plain arrays. */
  open?: OpenCovariance | undefined;
}

/**
 * Direct multi-horizon RLS whose targets come late: inputs are kept, with the gain that they gave, until the row they
 * speak of has come. Each horizon so learns at its own delay, and one covariance serves all.
 */
export class DelayedRls {
  /** Inputs of the last horizon + 1 rows; row `index` starts at `slot(index)`. */
  readonly inputs: Float64Array;
  readonly state: readonly Storage[];
  readonly rls: Rls;
  readonly #gains: Float64Array;
  readonly #errors: RunningScales;
  readonly #slots: number;
  readonly #width: number;
  readonly #huber: number;

  constructor({ inputs, horizon, forgetting, prior, huber = 3, open }: DelayedRlsOptions) {
    this.rls = new Rls({ inputs, outputs: horizon, forgetting, prior, open });
    this.#width = inputs;
    this.#huber = huber;
    this.#slots = horizon + 1;
    this.inputs = new Float64Array(this.#slots * inputs);
    this.#gains = new Float64Array(this.#slots * inputs);
    this.#errors = new RunningScales(horizon, 5, false);
    this.state = [...this.rls.state, this.inputs, this.#gains, this.#errors.state];
  }

  slot(index: number): number {
    return (index % this.#slots) * this.#width;
  }

  /** The covariance learns the inputs that stand at `slot(index)`. */
  excite(index: number): void {
    const at = this.slot(index);
    this.rls.excite(this.inputs, at, this.#gains, at);
  }

  predict(index: number, ahead: number): number {
    return this.rls.predict(ahead - 1, this.inputs, this.slot(index));
  }

  /** What row `index` should have predicted for the row `ahead` after it. */
  learn(index: number, ahead: number, target: number): void {
    const o = ahead - 1;
    const errors = this.#errors;
    const error = target - this.predict(index, ahead);
    const bound = errors.trusted(o) ? this.#huber * errors.deviation(o) : Number.MAX_VALUE;
    errors.learn(o, error);
    this.rls.correct(o, this.#gains, this.slot(index), clamp(error, bound));
  }
}
