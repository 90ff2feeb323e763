import { EddyError } from '../../../core/errors.js';
import { cells } from '../../../runtime/kernels.generated.js';
import { type Cell, createLayer, type LayerOptions, type LayerSpec } from '../cell.js';

export interface GruOptions extends LayerOptions {
  /** Is the state projected before it is reset (as PyTorch and cuDNN do), or reset before it is projected (the paper)? Default true. */
  resetAfter?: boolean;
}

const cell: Cell = {
  name: 'gru',
  kind: cells.gru,
  gates: 3,
  gateNames: ['r', 'z', 'n'],
  columns: [0, 1, 2],
  panels: [2, 1],
  tape: 4,
  deltas: 4,
  cellState: false,
  startBias: () => 0,
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
  if (typeof resetAfter !== 'boolean') {
    throw new EddyError(
      'invalid-option',
      `gru: resetAfter must be true or false, got ${resetAfter}; leave it out for true`,
    );
  }
  return createLayer(cell, units, resetAfter ? 0 : 1, dropout, { resetAfter });
}
