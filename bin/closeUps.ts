import type { Stretch } from './decimated.js';

/** The rows around an alarm; where there was none, the last ones. */
export interface CloseUp {
  readonly rows: Stretch[];
  /** The highest alarm's row and its cause; undefined where there was no alarm. */
  alarm?: { row: number; score: number; cause: string };
}

const BEFORE = 60;
const AFTER = 36;

/** The rows around the `limit` highest alarms of a stream of any length. */
export class CloseUps {
  readonly #recent: Stretch[] = [];
  readonly #kept: CloseUp[] = [];
  #left = 0; // rows that the newest close-up still takes

  constructor(private readonly limit: number) {}

  add(row: Stretch, cause: string): void {
    this.#recent.push(row);
    if (this.#recent.length > BEFORE) this.#recent.shift();
    const newest = this.#kept.at(-1);
    if (newest && this.#left > 0) {
      newest.rows.push(row);
      this.#left--;
    }
    if (row.alarm === null) return;
    const alarm = { row: row.row, score: row.score, cause };
    if (newest && this.#left > 0) {
      if (row.score > scoreOf(newest)) newest.alarm = alarm;
    } else if (this.#hasRoom(row.score)) {
      this.#kept.push({ rows: this.#recent.slice(), alarm });
      this.#left = AFTER;
    }
  }

  /** Lets the lowest go where a higher one comes. */
  #hasRoom(score: number): boolean {
    if (this.#kept.length < this.limit) return true;
    const lowest = this.#kept.reduce((a, b) => (scoreOf(b) < scoreOf(a) ? b : a));
    if (scoreOf(lowest) >= score) return false;
    this.#kept.splice(this.#kept.indexOf(lowest), 1);
    return true;
  }

  /** In the order of their rows. */
  read(): readonly CloseUp[] {
    return this.#kept.length > 0 ? this.#kept : [{ rows: this.#recent }];
  }
}

const scoreOf = ({ alarm }: CloseUp) => alarm?.score ?? 0;
