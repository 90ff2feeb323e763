const DAY = 86_400_000;
const SLOTS = 48;
const ALIKE = 2; // counts within this factor are those of one habit

/**
 * What came at this half-hour of the day before is no news today, unless it is twice as rare: a backup, a job, the doors that open
 * at nine are an alarm once and not every day until as many of their size are known.
 */
export class RecurrenceFilter {
  readonly #at = new Float64Array(SLOTS).fill(Number.NEGATIVE_INFINITY);
  readonly #rarest = new Float64Array(SLOTS);
  readonly #before = new Float64Array(SLOTS).fill(Number.POSITIVE_INFINITY);

  /** Per half-hour: when its last event began, that event's least count, and the least count there of the day before it. */
  get state(): readonly Float64Array[] {
    return [this.#at, this.#rarest, this.#before];
  }

  /** Whether the day before had as rare a row at this time. Remembers this one, if it is of note: an alarm needs a count of at most `rare`. */
  knows(time: number, expected: number, rare: number): boolean {
    if (expected > ALIKE * rare) return false;
    const slot = Math.floor(((time / DAY) % 1) * SLOTS + SLOTS) % SLOTS;
    const since = time - this.#at[slot];
    if (Math.abs(since) > DAY / 2) {
      this.#before[slot] = since > 0 && since < 1.5 * DAY ? this.#rarest[slot] : Number.POSITIVE_INFINITY;
      this.#at[slot] = time;
      this.#rarest[slot] = expected;
    } else this.#rarest[slot] = Math.min(this.#rarest[slot], expected);
    return ALIKE * expected >= this.#before[slot];
  }
}
