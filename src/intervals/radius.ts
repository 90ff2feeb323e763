/**
 * How far from a forecast its interval reaches. `learn` takes the score |value − forecast| of the newest forecast whose
 * value has come; `next` gives the radius of the next one, and aims at missing a share α of them.
 */
export interface Radius {
  /** `row`: the number of the row at hand. `pending`: misses, above those that a share α would give, which the forecasts still out are expected to bring. */
  next(row: number, pending: number): number;
  /** `issued`: the radius that the scored forecast went out with (several rows ago when it looked further ahead). */
  learn(score: number, issued: number): void;
  /** All that it knows, to be copied out and put back. */
  readonly state: readonly Float64Array[];
}
