import { cells } from '../../../runtime/kernels.generated.js';
import { type Cell, createLayer, type LayerOptions, type LayerSpec } from '../cell.js';
import { pytorchParameters } from '../parameter.js';
import { layerOf, pytorchWeights } from '../reference.js';
import { gruReference } from './reference.js';

export interface GruOptions extends LayerOptions {
  /** Is the state projected before it is reset (as PyTorch and cuDNN do), or reset before it is projected (the paper)? Default true. */
  resetAfter?: boolean;
}

const cell: Cell = {
  name: 'gru',
  kind: cells.gru,
  gates: 3,
  gateNames: { r: 'reset', z: 'update', n: 'candidate' },
  columns: [0, 1, 2],
  panels: [2, 1],
  parameters: pytorchParameters(),
  options: { resetAfter: { values: [true, false], default: true } },
  tape: 4,
  deltas: 4,
  cellState: false,
  create: (units, { resetAfter = true, dropout = 0 }) => createLayer(cell, units, dropout, { resetAfter }),
  reference: ({ resetAfter }) => layerOf(gruReference, pytorchWeights, { resetAfter: resetAfter !== false }),
  foreign: {
    pytorch: { module: 'GRU' },
    onnx: { operator: 'GRU', gates: [1, 0, 2], activations: ['sigmoid', 'tanh'] },
    keras: { layer: 'GRU', gates: [1, 0, 2] },
    rtneural: { type: 'gru' },
    guitarml: { unit: 'GRU' },
  },
};

/**
 * A layer of gated recurrent units: r, z = σ(W x_t + U h_{t−1} + b + b′); h_t = z∘h_{t−1} + (1−z)∘n, with
 * n = tanh(W x_t + b + r∘(U h_{t−1} + b′)), or with `resetAfter: false` n = tanh(W x_t + b + U(r∘h_{t−1}) + b′). Gate rows in the
 * order r z n.
 *
 *     createModel({ input: 4, layers: [gru(32), gru(16, { resetAfter: false })], output: dense(1) })
 *
 * Cho et al. 2014, arXiv:1406.1078 (z and 1 − z change places there).
 *
 * @throws EddyError `invalid-option` unless `units` is a whole number ≥ 1, `resetAfter` true or false, and `dropout` from 0 to below 1.
 */
export function gru(units: number, { resetAfter = true, dropout = 0 }: GruOptions = {}): LayerSpec {
  return createLayer(cell, units, dropout, { resetAfter });
}
gru.cell = cell;
