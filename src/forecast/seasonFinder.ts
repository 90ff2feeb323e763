import type { Clock } from '../stats/clock.js';
import type { History } from '../stats/history.js';
import { findSeasons } from './season.js';

const LEAST_ROWS = 64;
const MOST_ROWS = 4096;
const [FOUND, SEARCHING, GIVEN] = [0, 1, 2];

/** Seasons in rows: the short one (a day), the long one (a week); 0: none. */
export type Seasons = readonly [short: number, long: number];

/**
 * Finds the seasons of a stream as it comes: given ones, else from its timestamps, else by autocorrelation, looked at again at
 * each doubling of the rows from 64 to 4,096.
 */
export class SeasonFinder {
  readonly #history: History;
  readonly #clock: Clock;
  /** SEARCHING while the autocorrelation is still to be asked, FOUND after, GIVEN when nothing is to be asked at all. */
  readonly state = Float64Array.of(SEARCHING);

  constructor(history: History, clock: Clock, given: Seasons | undefined) {
    this.#history = history;
    this.#clock = clock;
    if (!given) return;
    clock.setSeasons(given[0], given[1]);
    this.state[0] = GIVEN;
  }

  /** After a row has been pushed: true when the seasons have changed. */
  step(time: number): boolean {
    const clock = this.#clock;
    if (clock.tick(this.state[0] === GIVEN ? Number.NaN : time)) {
      this.state[0] = FOUND;
      return true;
    }
    const { count } = this.#history;
    if (this.state[0] !== SEARCHING || count < LEAST_ROWS || (count & (count - 1)) !== 0) return false;
    const [short, long] = this.#search(count);
    if (count >= MOST_ROWS) this.state[0] = FOUND;
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
