import { type GruOptions, gruReference } from '../../src/nn/cells/gru/reference.js';
import { lstmReference } from '../../src/nn/cells/lstm/reference.js';
import type {
  CellReference,
  ReferenceGradients,
  ReferenceState,
  ReferenceTape,
  ReferenceWeights,
} from '../../src/nn/cells/reference.js';
import { type RnnOptions, rnnReference } from '../../src/nn/cells/rnn/reference.js';
import { type GoldenCell, rowsOf, type Tensor, type Tensors } from '../golden/golden.js';

/** A cell's reference with its options, one step at a time. */
export interface SpecLayer {
  run(weights: ReferenceWeights, x: number[], state: ReferenceState): SpecPass;
}
export interface SpecPass {
  state: ReferenceState;
  backward(dState: ReferenceState): ReferenceGradients;
}

const layer = <O, T extends ReferenceTape>(cell: CellReference<O, T>, options: O): SpecLayer => ({
  run(weights, x, state) {
    const tape = cell.forward(weights, x, state, options);
    return { state: tape.state, backward: (dState) => cell.backward(weights, tape, dState) };
  },
});

export const specRnn = (options: RnnOptions) => layer(rnnReference, options);
export const specLstm = () => layer(lstmReference, {});
export const specGru = (options: GruOptions) => layer(gruReference, options);

/** The layer that a file of golden numbers calls by this name. */
export const goldenLayer: Record<GoldenCell, SpecLayer> = {
  rnn_tanh: specRnn({ activation: 'tanh' }),
  rnn_relu: specRnn({ activation: 'relu' }),
  lstm: specLstm(),
  gru: specGru({ resetAfter: true }),
  gru_reset_before: specGru({ resetAfter: false }),
};

export const goldenWeights = (tensors: Tensors, layers: number): ReferenceWeights[] =>
  Array.from({ length: layers }, (_, l) => ({
    weight_ih: rowsOf(tensors[`weight_ih_l${l}`]),
    weight_hh: rowsOf(tensors[`weight_hh_l${l}`]),
    bias_ih: tensors[`bias_ih_l${l}`].data,
    bias_hh: tensors[`bias_hh_l${l}`].data,
  }));

/** Every layer's state from tensors [layers, H]. */
export function goldenState(h: Tensor, c?: Tensor): ReferenceState[] {
  const cells = c && rowsOf(c);
  return rowsOf(h).map((row, l) => (cells ? { h: row, c: cells[l] } : { h: row }));
}

/** Largest distance, relative above 1, of two equally long lists of numbers. */
export function distance(got: number[], expected: number[]): number {
  if (got.length !== expected.length) return Infinity;
  return got.reduce((most, v, i) => Math.max(most, Math.abs(v - expected[i]) / Math.max(1, Math.abs(expected[i]))), 0);
}
