/** A layer's parameters by name, as `weights()` shapes them: matrices by rows, vectors. */
export type NamedArrays = { readonly [name: string]: number[] | number[][] };

/** PyTorch's parameters of one layer; G gates of H units make G·H rows. */
export interface PytorchWeights extends NamedArrays {
  /** W, [G·H, input]. */
  readonly weight_ih: number[][];
  /** U, [G·H, H]. */
  readonly weight_hh: number[][];
  /** b, [G·H]. */
  readonly bias_ih: number[];
  /** b′, [G·H]. */
  readonly bias_hh: number[];
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
  /** By the names of the parameters, in their order. */
  weights: NamedArrays;
}

/** A cell in float64: the specification that its kernel is held to. Nothing is changed in place. */
export interface CellReference<Weights extends NamedArrays, Options, Tape extends ReferenceTape> {
  forward(weights: Weights, x: number[], state: ReferenceState, options: Options): Tape;
  /** From ∂loss/∂(state after the step) to ∂loss by what the step read. */
  backward(weights: Weights, tape: Tape, dState: ReferenceState): ReferenceGradients;
}

/** A cell's reference with its options: one layer, a step at a time. */
export interface ReferenceLayer {
  run(
    weights: NamedArrays,
    x: number[],
    state: ReferenceState,
  ): { state: ReferenceState; backward(dState: ReferenceState): ReferenceGradients };
}

/** Binds a reference to its options. `read` takes the parameters that it needs out of all. */
export const layerOf = <Weights extends NamedArrays, Options, Tape extends ReferenceTape>(
  reference: CellReference<Weights, Options, Tape>,
  read: (weights: NamedArrays) => Weights,
  options: Options,
): ReferenceLayer => ({
  run(weights, x, state) {
    const own = read(weights);
    const tape = reference.forward(own, x, state, options);
    return { state: tape.state, backward: (dState) => reference.backward(own, tape, dState) };
  },
});

/** A parameter that must be a matrix. */
export function matrixOf(weights: NamedArrays, name: string): number[][] {
  const found = weights[name];
  return isMatrix(found) ? found : [];
}

/** A parameter that must be a vector. */
export function vectorOf(weights: NamedArrays, name: string): number[] {
  const found = weights[name];
  return isMatrix(found) ? [] : found;
}

const isMatrix = (array: number[] | number[][]): array is number[][] => typeof array[0] !== 'number';

export const pytorchWeights = (weights: NamedArrays): PytorchWeights => ({
  weight_ih: matrixOf(weights, 'weight_ih'),
  weight_hh: matrixOf(weights, 'weight_hh'),
  bias_ih: vectorOf(weights, 'bias_ih'),
  bias_hh: vectorOf(weights, 'bias_hh'),
});

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
