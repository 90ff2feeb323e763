import { gru, lstm, rnn } from '../../src/nn/cells/index.js';
import type { NamedArrays, ReferenceLayer, ReferenceState } from '../../src/nn/cells/reference.js';
import { type GoldenCell, rowsOf, type Tensor, type Tensors } from '../golden/golden.js';

/** A cell's reference with its options, one step at a time. */
export type SpecLayer = ReferenceLayer;
export const specLstm = (): SpecLayer => lstm.cell.reference({});

/** The layer that a file of golden numbers calls by this name. */
export const goldenLayer: Record<GoldenCell, SpecLayer> = {
  rnn_tanh: rnn.cell.reference({ activation: 'tanh' }),
  rnn_relu: rnn.cell.reference({ activation: 'relu' }),
  lstm: specLstm(),
  gru: gru.cell.reference({ resetAfter: true }),
  gru_reset_before: gru.cell.reference({ resetAfter: false }),
};

export const goldenWeights = (tensors: Tensors, layers: number): NamedArrays[] =>
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

/** All numbers of layers' parameters, row by row, in their order; a vector is one row. */
export const rowsOfLayers = (layers: NamedArrays[]): number[][] =>
  layers.flatMap((layer) => Object.values(layer).flatMap(rowsOfArray));

/** The very rows, not copies: a change of a row is a change of the weights. */
const rowsOfArray = (array: number[] | number[][]): number[][] => (isMatrix(array) ? array : [array]);

const isMatrix = (array: number[] | number[][]): array is number[][] => typeof array[0] !== 'number';
