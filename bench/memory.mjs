// What a network takes of the WASM heap, in bytes: the formulas of docs/performance.md. Without embeddings and dropout.

/** By cell: gates; states (h, c); numbers of a padded unit that the tape keeps, and that its gradient takes. */
const cells = {
  rnn: { gates: 1, states: 1, tape: 1, deltas: 1 },
  gru: { gates: 3, states: 1, tape: 4, deltas: 4 },
  lstm: { gates: 4, states: 2, tape: 5, deltas: 4 },
};

const pad = (n) => 4 * Math.ceil(n / 4);
const line = (floats) => 4 * floats + (floats % 256 === 0 ? 64 : 0);
const sum = (values) => values.reduce((a, b) => a + b, 0);

/**
 * @typedef {{ cell: 'rnn' | 'gru' | 'lstm', units: number }} Layer
 * @typedef {{ input: number, layers: Layer[], outputs: number }} Network
 */

/** @param {Network} network */
export const parameters = ({ input, layers, outputs }) =>
  sum(
    layers.map(
      ({ cell, units }, l) => cells[cell].gates * pad(units) * ((l ? layers[l - 1].units : input) + units + 2),
    ),
  ) +
  outputs * pad(layers[layers.length - 1].units) +
  pad(outputs);

/** @param {Network} network */
export const modelBytes = (network) => {
  const { input, layers, outputs } = network;
  const lines = layers.map(({ cell, units }) => line(cells[cell].tape * pad(units)));
  const widest = Math.max(input, outputs, ...layers.map(({ units }) => units));
  return (
    4 * parameters(network) + 32 * (Math.max(...lines) + 4 * pad(outputs)) + 16 * pad(widest) + 36 * layers.length + 160
  );
};

/** @param {Network} network */
export const stateBytes = ({ input, layers, outputs }, rows) =>
  4 * rows * (sum(layers.map(({ cell, units }) => cells[cell].states * pad(units))) + input + pad(outputs)) +
  8 * layers.length;

/**
 * @param {Network} network
 * @param {{ rows?: number, k1: number, k2: number, maxLag?: number, moments?: number }} options moments: blocks that the optimizer
 *   keeps, Adam's 2
 */
export const learnerBytes = (network, { rows = 1, k1, k2, maxLag = k2, moments = 2 }) => {
  const { input, layers, outputs } = network;
  const slots = 2 * (k2 + maxLag) + 16;
  const widest = Math.max(...layers.map(({ units }) => pad(units)));
  const ofLayer = ({ cell, units }) => {
    const { states, tape, deltas } = cells[cell];
    return (
      4 * pad(units) * states * (slots + k2 + 3) +
      line(tape * pad(units)) * (k2 + (k1 >= k2 ? slots : 1)) +
      line(deltas * pad(units)) * k2
    );
  };
  const ofRow = sum(layers.map(ofLayer)) + 4 * (slots * (input + 2 * pad(outputs)) + 2 * k2 * (pad(outputs) + widest));
  return rows * ofRow + 4 * (1 + moments) * parameters(network) + 4 * widest + 56 * layers.length + 196;
};
