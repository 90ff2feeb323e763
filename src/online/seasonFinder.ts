import type { Clock } from './clock.js';
import type { History } from './history.js';
import { findSeasons } from './season.js';

const LEAST_ROWS = 64;
const MOST_ROWS = 4096;

/** Seasons in rows: the short one (a day), the long one (a week); 0: none. */
export type Seasons = readonly [short: number, long: number];

/**
 * Finds the seasons of a stream as it comes: given ones, else from its timestamps, else by autocorrelation, looked at anew at
 * each doubling of the rows from 64 to 4,096.
 */
export class SeasonFinder {
  readonly #history: History;
  readonly #clock: Clock;
  /** 1 while the autocorrelation is still to be asked. */
  readonly state = Float64Array.of(1);

  constructor(history: History, clock: Clock, given: Seasons | undefined) {
    this.#history = history;
    this.#clock = clock;
    if (!given) return;
    clock.setSeasons(given[0], given[1]);
    this.state[0] = 0;
  }

  /** After a row has been pushed: true when the seasons have changed. */
  step(time: number): boolean {
    const clock = this.#clock;
    if (clock.tick(time)) {
      this.state[0] = 0;
      return true;
    }
    const { count } = this.#history;
    if (this.state[0] === 0 || count < LEAST_ROWS || (count & (count - 1)) !== 0) return false;
    const [short, long] = this.#search(count);
    if (count >= MOST_ROWS) this.state[0] = 0;
    else this.#history.grow(2 * count);
    if (short === 0 || (short === clock.short && long === clock.long)) return false;
    clock.setSeasons(short, long);
    return true;
  }

  #search(rows: number): Seasons {
    const history = this.#history;
    return findSeasons(
      Array.from({ length: history.channels }, (_, c) =>
        Float64Array.from({ length: rows }, (_, t) => history.at(c, rows - 1 - t)),
      ),
    );
  }
}
