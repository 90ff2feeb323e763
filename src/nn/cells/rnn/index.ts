import { EddyError } from '../../../core/errors.js';
import { cells } from '../../../runtime/kernels.generated.js';
import { type Cell, createLayer, type LayerOptions, type LayerSpec } from '../cell.js';

const activations = ['tanh', 'relu', 'sigmoid'] as const;

export interface RnnOptions extends LayerOptions {
  /** φ. Default tanh. */
  activation?: (typeof activations)[number];
}

const cell: Cell = {
  name: 'rnn',
  kind: cells.rnn,
  gates: 1,
  gateNames: [],
  columns: [0],
  panels: [1],
  tape: 1,
  deltas: 1,
  cellState: false,
  startBias: () => 0,
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
  const variant = activations.indexOf(activation);
  if (variant < 0) {
    throw new EddyError(
      'invalid-option',
      `rnn: activation must be one of ${activations.join(', ')}, got ${activation}; leave it out for tanh`,
    );
  }
  return createLayer(cell, units, variant, dropout, { activation });
}
