/**
 * How far from a forecast its interval reaches. `learn` takes the score |value − forecast| of the newest forecast whose
 * value has come; `radius` is for the next one, and aims at missing a share α of them.
 */
export interface Radius {
  readonly radius: number;
  /** A forecast went out with this radius. */
  issue?(radius: number): void;
  /** `issued`: the radius that the scored forecast went out with (several rows ago when it looked further ahead). */
  learn(score: number, issued: number): void;
  /** All that it knows, to be copied out and put back. */
  readonly state: readonly Float64Array[];
}
