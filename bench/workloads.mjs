// What is measured: the networks, their weights and the samples, the same for every contestant. A configuration's numbers go into one
// file of float32, which every contestant reads, in whatever language it is written.
import { readFileSync, writeFileSync } from 'node:fs';

export const WINDOW = 32;
export const RATE = 1e-3;
export const CLIP = 1;
export const ROWS = 1024;
/** Samples that are prepared; a contestant goes round them. */
export const SAMPLES = 1024;
export const BATCHES = 16;

const lstmOrGru = (cell, inputs, units) => ({
  work: 'W1',
  name: `${cell.toUpperCase()} in${inputs} H${units}`,
  cell,
  inputs,
  units,
  k1: 1,
  rows: 1,
  unit: 'µs a sample',
});

const learning = (k1, units) => ({
  work: 'W2',
  name: `LSTM TBPTT(${k1},${WINDOW}) H${units}`,
  cell: 'lstm',
  inputs: 1,
  units,
  k1,
  rows: 1,
  unit: 'µs an update',
});

export const configurations = [
  ...['lstm', 'gru'].flatMap((cell) =>
    [1, 4].flatMap((inputs) => [8, 20, 32, 64, 128, 256].map((units) => lstmOrGru(cell, inputs, units))),
  ),
  ...[1, WINDOW].flatMap((k1) => [16, 32, 64, 128].map((units) => learning(k1, units))),
  {
    work: 'W3',
    name: `LSTM in1 H32, ${ROWS} rows`,
    cell: 'lstm',
    inputs: 1,
    units: 32,
    k1: 1,
    rows: ROWS,
    unit: 'µs a step',
  },
];

export const multiplyAdds = ({ cell, inputs, units }) => (cell === 'gru' ? 3 : 4) * units * (inputs + units) + units;

/** A contestant's number is read here: after this many samples (W1, W2) or steps of all rows (W3). */
export const checkAfter = ({ work, k1 }) => (work === 'W1' ? 64 : work === 'W3' ? 8 : k1 === 1 ? 96 : 20 * WINDOW);
/** Of W3's rows, the one that is read. */
export const CHECKED_ROW = 777;

/** Uniform in ±1: a 32-bit linear congruential generator (Numerical Recipes), whose high bits will do here. */
function uniform(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 2 ** 23 - 1;
  };
}

const tensors = ({ cell, inputs, units }) => {
  const gates = cell === 'gru' ? 3 : 4;
  // PyTorch's names, shapes and order of gates: i f g o, and r z n with the reset after.
  return [
    ['wih', gates * units * inputs],
    ['whh', gates * units * units],
    ['b', gates * units],
    ['b2', gates * units],
    ['hw', units],
    ['hb', 1],
  ];
};

/** Writes a configuration's weights, samples and targets. */
export function writeNumbers(path, config) {
  const next = uniform(20261124);
  const scale = 1 / Math.sqrt(config.units);
  const numbers = [];
  // An LSTM has one bias of its own: its second is 0 and stays out of the comparison.
  for (const [name, length] of tensors(config)) {
    for (let k = 0; k < length; k++) numbers.push(name === 'b2' && config.cell === 'lstm' ? 0 : scale * next());
  }
  const { work, inputs, rows } = config;
  const steps = work === 'W3' ? BATCHES : SAMPLES;
  for (let t = 0; t < steps; t++) {
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < inputs; i++) numbers.push(0.8 * Math.sin(0.1 * t + i + 0.01 * row));
    }
  }
  for (let t = 0; t < SAMPLES; t++) numbers.push(0.5 * Math.sin(0.1 * (t + 1)) + 0.3 * Math.sin(0.03 * t));
  writeFileSync(path, new Uint8Array(Float32Array.from(numbers).buffer));
}

/** Reads them again: `{ weights, x, y }`, x one array a step. */
export function readNumbers(path, config) {
  const bytes = readFileSync(path);
  const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  let top = 0;
  const take = (length) => {
    top += length;
    return all.slice(top - length, top);
  };
  const weights = Object.fromEntries(tensors(config).map(([name, length]) => [name, take(length)]));
  weights.gates = config.cell === 'gru' ? 3 : 4;
  const steps = config.work === 'W3' ? BATCHES : SAMPLES;
  const x = Array.from({ length: steps }, () => take(config.rows * config.inputs));
  return { weights, x, y: take(SAMPLES) };
}
