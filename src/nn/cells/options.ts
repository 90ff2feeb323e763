/** An option that tells a cell's forms apart: the values that it may have. */
export interface CellOption {
  readonly values: readonly (string | boolean)[];
  /** What it is where it is left out. */
  readonly default: string | boolean;
}
