import { cells } from '../../../runtime/kernels.generated.js';
import { type Cell, createLayer, type LayerOptions, type LayerSpec } from '../cell.js';
import { bias, inputMatrix } from '../parameter.js';
import { layerOf } from '../reference.js';
import { minGruReference, minGruWeights } from './reference.js';

const cell: Cell = {
  name: 'minGru',
  kind: cells.minGru,
  gates: 2,
  gateNames: { z: 'update', n: 'candidate' },
  columns: [0, 1],
  panels: [2],
  parameters: [inputMatrix('weight_ih'), bias('bias_ih')],
  options: {},
  tape: 2,
  deltas: 2,
  cellState: false,
  create: (units, { dropout = 0 }) => minGru(units, { dropout }),
  reference: () => layerOf(minGruReference, minGruWeights, {}),
  foreign: {},
};

/**
 * A layer of minimal gated units: z = σ(W_z x_t + b_z), n = W_n x_t + b_n; h_t = (1−z)∘h_{t−1} + z∘n. Neither gate reads the state, so a
 * layer has no U and one bias: 2·H·(inputs + 1) parameters. Gate rows in the order z n. The state has no bound of its own: it is a mean of
 * what n has been.
 *
 *     createModel({ input: 4, layers: [minGru(32)], output: dense(1) })
 *
 * Feng et al. 2024, arXiv:2410.01201.
 *
 * @throws EddyError `invalid-option` unless `units` is a whole number ≥ 1 and `dropout` from 0 to below 1.
 */
export function minGru(units: number, { dropout = 0 }: LayerOptions = {}): LayerSpec {
  return createLayer(cell, units, dropout);
}
minGru.cell = cell;
