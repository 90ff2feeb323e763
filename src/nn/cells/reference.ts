/** One layer's weights as PyTorch shapes them; G gates of H units make G·H rows. */
export interface ReferenceWeights {
  /** W, [G·H, input]. */
  weight_ih: number[][];
  /** U, [G·H, H]. */
  weight_hh: number[][];
  /** b, [G·H]. */
  bias_ih: number[];
  /** b′, [G·H]. */
  bias_hh: number[];
}

/** h, [H], and for a cell that has one c, [H]; a c (or its gradient) left out is zeros. */
export interface ReferenceState {
  h: number[];
  c?: number[];
}

/** What a step leaves for its backward pass: its activated gates by name, its input, the states before and after. */
export interface ReferenceTape {
  x: number[];
  before: ReferenceState;
  state: ReferenceState;
}

/** ∂loss by everything that a step reads. */
export interface ReferenceGradients {
  x: number[];
  state: ReferenceState;
  weights: ReferenceWeights;
}

/** A cell in float64: the specification that its kernel is held to. Nothing is changed in place. */
export interface CellReference<Options, Tape extends ReferenceTape> {
  /** G, the rows of the weights for one unit. */
  gates: number;
  forward(weights: ReferenceWeights, x: number[], state: ReferenceState, options: Options): Tape;
  /** From ∂loss/∂(state after the step) to ∂loss by what the step read. */
  backward(weights: ReferenceWeights, tape: Tape, dState: ReferenceState): ReferenceGradients;
}

/** M v + b. */
export function affine(M: number[][], v: number[], b: number[]): number[] {
  return M.map((row, i) => row.reduce((sum, m, j) => sum + m * v[j], b[i]));
}

/** Mᵀ d, the gradient that M v hands back to v. */
export function transposed(M: number[][], d: number[]): number[] {
  return M[0].map((_, j) => M.reduce((sum, row, i) => sum + row[j] * d[i], 0));
}

/** d vᵀ, the gradient that M v hands back to M. */
export function outer(d: number[], v: number[]): number[][] {
  return d.map((di) => v.map((vj) => di * vj));
}
