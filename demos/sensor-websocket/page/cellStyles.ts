import type { LineStyle } from '../../charts/linesChart.js';
import type { CellName } from '../protocol.js';

/** A cell's own colour and dash, the same wherever it is drawn. */
export const cellStyles: Readonly<Record<CellName, LineStyle & { name: string; gates: string }>> = {
  rnn: { name: 'RNN', gates: 'No gates: the whole state is rewritten at every row.', colour: 'rnn', dash: [2, 3] },
  lstm: { name: 'LSTM', gates: 'Forget keeps the cell state, input writes to it, output shows it.', colour: 'lstm' },
  gru: {
    name: 'GRU',
    gates: 'Update keeps the state; reset says how much of it a candidate sees.',
    colour: 'gru',
    dash: [8, 4],
  },
};

export const cellNames = Object.keys(cellStyles) as CellName[];
