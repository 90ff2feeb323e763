import type { Snapshot } from 'rx-eddy';
import type { Point } from '../protocol.js';
import { numbersOf } from './record.js';

/** What can raise an alarm, as the detector names it; 0 is none. */
const CAUSES = ['', 'error', 'spread', 'shape', 'season', 'flatline', 'range', 'gap'];
/** time, score, cause; then values, forecasts, lows and highs, one a channel. */
const HEAD = 3;

/** What the row itself was, and what had been said of it. */
export interface ScoredRow {
  time: number;
  values: Float64Array;
  forecast: Float64Array;
  low: Float64Array;
  high: Float64Array;
  score: number;
  alarm: string | undefined;
}

/** The newest rows of a sensor and what was expected of them, in one block of numbers. */
export class History {
  /** Rows that have come; the newest has this number. */
  count = 0;
  #rows: Float64Array;
  readonly #width: number;

  constructor(
    readonly channels: number,
    readonly capacity: number,
  ) {
    this.#width = HEAD + 4 * channels;
    // Grows to its capacity: most sensors are young.
    this.#rows = new Float64Array(Math.min(64, capacity) * this.#width);
  }

  /** The number of the oldest row that is still here. */
  get first(): number {
    return Math.max(1, this.count - this.#slots + 1);
  }

  get #slots(): number {
    return this.#rows.length / this.#width;
  }

  push({ time, values, forecast, low, high, score, alarm }: ScoredRow): void {
    if (this.count === this.#slots && this.#slots < this.capacity) this.#grow();
    const at = (this.count % this.#slots) * this.#width;
    const rows = this.#rows;
    rows[at] = time;
    rows[at + 1] = score;
    rows[at + 2] = alarm === undefined ? 0 : Math.max(0, CAUSES.indexOf(alarm));
    const { channels } = this;
    rows.set(values, at + HEAD);
    rows.set(forecast, at + HEAD + channels);
    rows.set(low, at + HEAD + 2 * channels);
    rows.set(high, at + HEAD + 3 * channels);
    this.count++;
  }

  /** Row `index`, which must be here. */
  point(index: number): Point {
    const at = ((index - 1) % this.#slots) * this.#width;
    const [time, score, cause] = this.#rows.subarray(at, at + HEAD);
    const numbers = (part: number) => {
      const from = at + HEAD + part * this.channels;
      return Array.from(this.#rows.subarray(from, from + this.channels), (value) =>
        Number.isFinite(value) ? value : null,
      );
    };
    const point = { index, time, values: numbers(0), forecast: numbers(1), low: numbers(2), high: numbers(3), score };
    return cause > 0 ? { ...point, alarm: CAUSES[cause] } : point;
  }

  /** Rows from number `from` up to the newest, as far as they are here. */
  since(from: number): Point[] {
    const first = Math.max(from, this.first);
    return Array.from({ length: Math.max(0, this.count - first + 1) }, (_, i) => this.point(first + i));
  }

  /** The values of row `index`, which must be here. */
  values(index: number): Float64Array {
    const at = ((index - 1) % this.#slots) * this.#width + HEAD;
    return this.#rows.slice(at, at + this.channels);
  }

  snapshot(): Snapshot {
    return { count: this.count, rows: this.#rows.slice() };
  }

  restore({ count, rows }: Snapshot): void {
    const numbers = numbersOf(rows, 'history');
    if (typeof count !== 'number' || numbers.length === 0 || numbers.length % this.#width !== 0)
      throw new TypeError('a history must have whole rows and their count');
    this.count = count;
    this.#rows = numbers;
  }

  /** Only while it has never wrapped around: rows keep their places. */
  #grow(): void {
    const rows = new Float64Array(Math.min(2 * this.#slots, this.capacity) * this.#width);
    rows.set(this.#rows);
    this.#rows = rows;
  }
}
