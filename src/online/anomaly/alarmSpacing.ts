const SHARE = 0.08;
const LEAST = 20;
const RATIO = 4;

/**
 * Says whether an alarm is news. It is, unless one came within the last max(20, 8 % of the rows so far) rows and this one
 * is not at least four times as rare: a longer history is watched with more patience. (Between 5 and 12 % makes no difference
 * to what is found.) Only the last alarm need be kept: it was the rarest of those within reach.
 */
export class AlarmSpacing {
  /** row of the last alarm, its expected count */
  readonly state = Float64Array.of(Number.NEGATIVE_INFINITY, 0);

  admit(row: number, expected: number): boolean {
    const { state } = this;
    if (row - state[0] < Math.max(LEAST, SHARE * row) && expected * RATIO >= state[1]) return false;
    state[0] = row;
    state[1] = expected;
    return true;
  }
}
