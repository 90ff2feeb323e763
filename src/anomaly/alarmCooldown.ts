const SHARE = 0.12;
const LEAST = 20;
const RATIO = 4;

/**
 * Decides whether an alarm is new. Right after an alarm only what is four times as rare is; this silence wears off evenly over
 * max(20, 12 % of the rows so far): a longer history is watched with more patience. (8 to 15 % make no difference.) Only the last
 * alarm need be kept.
 */
export class AlarmCooldown {
  /** row of the last alarm, its expected count */
  readonly state = Float64Array.of(Number.NEGATIVE_INFINITY, 0);

  /** `expected`: of a row that is rare enough for an alarm, at most `rare`. */
  admit(row: number, expected: number, rare: number): boolean {
    const { state } = this;
    const silence = 1 - (row - state[0]) / Math.max(LEAST, SHARE * row);
    if (silence > 0 && expected > silence * (state[1] / RATIO) + (1 - silence) * rare) return false;
    state[0] = row;
    state[1] = expected;
    return true;
  }
}
