const DAY = 86_400_000;
const WEEKEND = 48; // slots of a day, weekdays first
const SLOT = DAY / WEEKEND;
const RATE = 0.02;
const LENT = 6; // rows that a slot's first mean weighs when the other kind of day lent it
const TRIED = 16; // steps between rows to have seen before time is trusted

/**
 * What is usual at this half-hour of a weekday or of a weekend day: 96 running means (rate max(1/n, 0.02)). What no weekend
 * has shown yet is at first what weekdays do, and the other way round. It speaks only for rows that come at least twice a day; a stream
 * without times, or slower, has no profile.
 */
export class SeasonProfile {
  readonly #mean = new Float64Array(2 * WEEKEND);
  readonly #count = new Float64Array(2 * WEEKEND);
  /** last time, the step between rows (Boyer & Moore's majority vote), its votes, steps seen */
  readonly #clock = Float64Array.of(Number.NaN, 0, 0, 0);

  get state(): readonly Float64Array[] {
    return [this.#mean, this.#count, this.#clock];
  }

  /** Rows that are missing between the last one and this time, as far as known; 0 when none. */
  missed(time: number): number {
    const [last, step, , seen] = this.#clock;
    const gap = time - last;
    return seen >= TRIED && step > 0 && gap > 1.5 * step ? Math.round(gap / step) - 1 : 0;
  }

  /** The value's distance from what is usual at its time, or from `otherwise`. Then learns it. */
  residual(value: number, time: number | undefined, otherwise: number): number {
    if (time === undefined) return value - otherwise;
    const slot = this.#slot(time);
    this.tick(time);
    if (this.#count[slot] === 0) this.#lend(slot < WEEKEND ? slot + WEEKEND : slot - WEEKEND, slot);
    const count = this.#count[slot];
    const usual = count > 0 && this.#clock[1] < DAY / 2 ? this.#mean[slot] : otherwise;
    this.#count[slot]++;
    this.#mean[slot] += Math.max(1 / (count + 1), RATE) * (value - this.#mean[slot]);
    return value - usual;
  }

  #lend(from: number, to: number): void {
    this.#mean[to] = this.#mean[from];
    this.#count[to] = Math.min(LENT, this.#count[from]);
  }

  #slot(time: number): number {
    const day = Math.floor(time / DAY);
    const weekday = (((day + 4) % 7) + 7) % 7; // 1970-01-01 was a Thursday; 0 is Sunday
    return Math.floor((time - day * DAY) / SLOT) + (weekday === 0 || weekday === 6 ? WEEKEND : 0);
  }

  /** Takes note of a row's time; `residual` does so by itself. */
  tick(time: number): void {
    const clock = this.#clock;
    const step = time - clock[0];
    clock[0] = time;
    if (!(step > 0)) return;
    clock[3]++;
    if (step === clock[1]) clock[2]++;
    else if (clock[2] > 0) clock[2]--;
    else {
      clock[1] = step;
      clock[2] = 1;
    }
  }
}
