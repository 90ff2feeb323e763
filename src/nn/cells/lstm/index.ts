import { cells } from '../../../runtime/kernels.generated.js';
import { type Cell, createLayer, type LayerOptions, type LayerSpec } from '../cell.js';
import { pytorchParameters } from '../parameter.js';
import { layerOf, pytorchWeights } from '../reference.js';
import { lstmReference } from './reference.js';

const FORGET = 1;

const cell: Cell = {
  name: 'lstm',
  kind: cells.lstm,
  gates: 4,
  gateNames: { i: 'input', f: 'forget', g: 'candidate', o: 'output' },
  columns: [0, 1, 3, 2],
  panels: [4],
  parameters: pytorchParameters((gate) => (gate === FORGET ? 1 : 0)),
  options: {},
  tape: 5,
  deltas: 4,
  cellState: true,
  create: (units, { dropout = 0 }) => lstm(units, { dropout }),
  reference: () => layerOf(lstmReference, pytorchWeights, {}),
  foreign: {
    pytorch: { module: 'LSTM' },
    onnx: { operator: 'LSTM', gates: [0, 2, 3, 1], activations: ['sigmoid', 'tanh', 'tanh'] },
    keras: { layer: 'LSTM', gates: [0, 1, 2, 3] },
    rtneural: { type: 'lstm' },
    guitarml: { unit: 'LSTM' },
  },
};

/**
 * A layer of LSTM units: i, f, o = σ(·), g = tanh(·), each of W x_t + U h_{t−1} + b + b′; c_t = f∘c_{t−1} + i∘g; h_t = o∘tanh(c_t).
 * Gate rows in the order i f g o; the forget gate's b starts at 1, its b′ at 0.
 *
 *     createModel({ input: 4, layers: [lstm(32)], output: dense(1) })
 *
 * Hochreiter & Schmidhuber 1997, doi 10.1162/neco.1997.9.8.1735; Gers, Schmidhuber & Cummins 2000, doi 10.1162/089976600300015015.
 *
 * @throws EddyError `invalid-option` unless `units` is a whole number ≥ 1 and `dropout` from 0 to below 1.
 */
export function lstm(units: number, { dropout = 0 }: LayerOptions = {}): LayerSpec {
  return createLayer(cell, units, dropout);
}
lstm.cell = cell;
