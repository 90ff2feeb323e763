import { cos, sin } from '../math/functions.js';
import { calendarSeasons, DAY, modulo, weekday, yearPhase } from './calendar.js';

const STEPS = 8; // gaps between rows to see before their step is believed

/** Numbers that `features` writes. */
export const CALENDAR = 7;

/**
 * The seasons of a stream of rows, and where in them a row stands: by the calendar (UTC) when rows have timestamps, else by
 * counting rows. With timestamps, rows closer than a day have a day and a week, daily rows a week and a year, weekly,
 * monthly and quarterly ones a year.
 */
export class Clock {
  /** The newest row's number and time, the step, 1 once the calendar is in use, gaps seen, short and long season. */
  readonly state = new Float64Array(7);
  readonly gaps = new Float64Array(STEPS);

  constructor() {
    this.state[1] = Number.NaN;
  }

  /** Rows in the short season; 0: none known. */
  get short(): number {
    return this.state[5];
  }

  get long(): number {
    return this.state[6];
  }

  /** Sets the seasons, in rows: given, or found in the data. */
  setSeasons(short: number, long: number): void {
    this.state[5] = short;
    this.state[6] = long;
  }

  /** Slots of a profile: of the day, for workdays, Saturday and Sunday separately; else of the short season. */
  get slots(): number {
    return this.#daily ? this.short * 3 : this.short;
  }

  /** A new row; NaN: it has no time. A time that does not advance counts as one step. True when it made seasons known. */
  tick(time: number): boolean {
    const { state } = this;
    const gap = time - state[1];
    state[0]++;
    if (this.#timed) {
      state[1] = gap > 0 ? time : state[1] + state[2];
      return false;
    }
    if (Number.isNaN(time)) return false;
    state[1] = time;
    if (!(gap > 0) || this.short > 0) return false;
    this.gaps[state[4]++] = gap;
    if (state[4] < STEPS) return false;
    state[4] = 0;
    const step = this.gaps.slice().sort()[STEPS / 2];
    const [short, long] = calendarSeasons(step);
    if (short === 0) return false;
    state[2] = step;
    state[3] = 1;
    this.setSeasons(short, long);
    return true;
  }

  /** The profile's slot of the row `ahead` rows after the newest; −1 without a season. */
  slot(ahead: number): number {
    const { short } = this;
    if (short === 0) return -1;
    if (!this.#timed) return (this.state[0] + ahead) % short;
    const time = this.state[1] + ahead * this.state[2];
    if (this.#daily) {
      const day = weekday(time);
      const kind = day === 6 ? 1 : day === 0 ? 2 : 0;
      // A millionth of a slot lets a time that is short of its slot by rounding stand in it.
      return kind * short + (Math.floor((modulo(time, DAY) / DAY) * short + 1e-6) % short);
    }
    if (this.state[2] < DAY * 1.5) return weekday(time);
    return Math.floor(yearPhase(time + DAY / 2) * short) % short;
  }

  /** sin and cos of the short season and of twice it, sin and cos of the long one, weekend: 7 numbers at out[at …]. */
  features(out: Float64Array, at: number): void {
    out.fill(0, at, at + CALENDAR);
    if (this.short === 0) return;
    const angle = 2 * Math.PI * this.#shortPhase();
    const s = sin(angle);
    const c = cos(angle);
    out[at] = s;
    out[at + 1] = c;
    out[at + 2] = 2 * s * c;
    out[at + 3] = c * c - s * s;
    if (this.long > 0) {
      const slow = 2 * Math.PI * this.#longPhase();
      out[at + 4] = sin(slow);
      out[at + 5] = cos(slow);
    }
    const day = weekday(this.state[1]);
    out[at + 6] = this.#timed && this.state[2] < DAY * 1.5 && (day === 0 || day === 6) ? 1 : 0;
  }

  get #timed(): boolean {
    return this.state[3] === 1;
  }

  get #daily(): boolean {
    return this.#timed && this.state[2] < DAY * 0.9;
  }

  #shortPhase(): number {
    const time = this.state[1];
    if (!this.#timed) return (this.state[0] % this.short) / this.short;
    if (this.#daily) return modulo(time, DAY) / DAY;
    return this.state[2] < DAY * 1.5 ? weekday(time) / 7 : yearPhase(time);
  }

  #longPhase(): number {
    const time = this.state[1];
    if (!this.#timed) return (this.state[0] % this.long) / this.long;
    return this.#daily ? modulo(time, 7 * DAY) / (7 * DAY) : yearPhase(time);
  }
}
