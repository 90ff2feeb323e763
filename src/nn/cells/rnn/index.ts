import { cells } from '../../../runtime/kernels.generated.js';
import { type Cell, createLayer, type LayerOptions, type LayerSpec } from '../cell.js';
import { pytorchParameters } from '../parameter.js';
import { layerOf, pytorchWeights } from '../reference.js';
import { rnnReference } from './reference.js';

const activations = ['tanh', 'relu', 'sigmoid'] as const;

export type RnnActivation = (typeof activations)[number];

export interface RnnOptions extends LayerOptions {
  /** φ. Default tanh. */
  activation?: RnnActivation;
}

const cell: Cell = {
  name: 'rnn',
  kind: cells.rnn,
  gates: 1,
  gateNames: {},
  columns: [0],
  panels: [1],
  parameters: pytorchParameters(),
  options: { activation: { values: activations, default: 'tanh' } },
  tape: 1,
  deltas: 1,
  cellState: false,
  create: (units, { activation = 'tanh', dropout = 0 }) => createLayer(cell, units, dropout, { activation }),
  reference: ({ activation }) =>
    layerOf(rnnReference, pytorchWeights, { activation: activations.find((name) => name === activation) ?? 'tanh' }),
  foreign: {
    pytorch: { module: 'RNN' },
    onnx: { operator: 'RNN', gates: [0], activations: ['tanh'] },
    keras: { layer: 'SimpleRNN', gates: [0] },
  },
};

/**
 * A layer of plain recurrent units: h_t = φ(W x_t + U h_{t−1} + b + b′), φ tanh (default), relu or sigmoid. With relu the state has no
 * bound.
 *
 *     createModel({ input: 4, layers: [rnn(32, { activation: 'relu' })], output: dense(1) })
 *
 * Elman 1990, doi 10.1207/s15516709cog1402_1.
 *
 * @throws EddyError `invalid-option` unless `units` is a whole number ≥ 1, the activation one of these three, and `dropout` from 0 to below 1.
 */
export function rnn(units: number, { activation = 'tanh', dropout = 0 }: RnnOptions = {}): LayerSpec {
  return createLayer(cell, units, dropout, { activation });
}
rnn.cell = cell;
