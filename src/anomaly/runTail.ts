import { EVENT, EVERYDAY, EventPeaks } from './eventPeaks.js';

const SHORTEST = 6; // rows: a shorter run means nothing
const RAREST = 0.1;

/**
 * The upper tail of the lengths of runs, by the longest that there were. A run that still goes on is one of them by the length that it
 * had twelve rows ago, so that what stays as it is becomes usual; and none is rarer than 0.1, since a sensor that is stuck is one event, which grows
 * no rarer by lasting.
 */
export class RunTail {
  readonly #peaks = new EventPeaks();
  /** the last row's run */
  readonly #state = new Float64Array(1);
  readonly arrays: readonly Float64Array[] = [...this.#peaks.arrays, this.#state];

  /** In [0.1, EVERYDAY]: small is rare. Asks, learns nothing. */
  expected(run: number): number {
    return run < SHORTEST ? EVERYDAY : Math.max(RAREST, this.#peaks.expected(run));
  }

  /** The rows that the run has now; 0: none, or it has ended. */
  learn(run: number): void {
    this.#peaks.learn(run > 0 ? Math.max(0, run - EVENT) : this.#state[0]);
    this.#state[0] = run;
  }
}
