import { adam, createModel, crossEntropy, dense, EddyError, gru, lstm, type ModelSpec, mse, rnn, sgd } from 'rx-eddy';
import { rememberLong } from './longMemory.js';
import { adding, COPY, copying, EARLY } from './tasks.js';
import { type Run, train } from './train.js';

export const LAG = 60;
export const UNITS = 16;
export const ROWS = 32;
export const RATE = 0.01;

/** The three cells side by side, as wide as each other. */
export const cells = { RNN: rnn(UNITS), LSTM: lstm(UNITS), GRU: gru(UNITS) } as const;
export type CellName = keyof typeof cells;
export type ByCell = { readonly [cell in CellName]: Run };

async function forEachCell(run: (cell: CellName) => Promise<Run>): Promise<ByCell> {
  return { RNN: await run('RNN'), LSTM: await run('LSTM'), GRU: await run('GRU') };
}

/** The adding problem: what each cell learns of it in so many updates. */
export const addingByCell = (updates: number): Promise<ByCell> =>
  forEachCell((cell) => addingWith(cell, { updates, k2: LAG + EARLY }));

async function addingWith(cell: CellName, { updates, k2 }: { updates: number; k2: number }): Promise<Run> {
  using model = await createModel({ input: 2, layers: [cells[cell]], output: dense(1), seed: 1 });
  rememberLong(model, LAG);
  return train(model, adding(LAG), { updates, rows: ROWS, k2, loss: mse, optimizer: adam(RATE), clipNorm: 1 });
}

/** The GRU on the adding problem, with windows of several lengths. */
export async function addingByWindow(updates: number, windows: readonly number[]): Promise<{ k2: number; run: Run }[]> {
  const runs = [];
  for (const k2 of windows) runs.push({ k2, run: await addingWith('GRU', { updates, k2 }) });
  return runs;
}

/** The copy task with distraction. */
export const copyingByCell = (updates: number): Promise<ByCell> =>
  forEachCell(async (cell) => {
    const output = dense(COPY.symbols, { activation: 'softmax' });
    using model = await createModel({ input: COPY.symbols + 2, layers: [cells[cell]], output, seed: 1 });
    rememberLong(model, LAG);
    const options = { updates, rows: ROWS, loss: crossEntropy, optimizer: adam(RATE), clipNorm: 1 };
    return train(model, copying(LAG), options);
  });

export interface Explosion {
  readonly byLag: Float64Array;
  readonly largestNorm: number;
  readonly loss: number;
  /** What stopped the training; undefined: nothing. */
  readonly failure: string | undefined;
}

/** A relu RNN whose recurrent matrix stretches everything by `stretch` a sample, trained with and without norm clipping. */
export async function exploding(updates: number, clipNorm: number | undefined, stretch = 1.5): Promise<Explosion> {
  const spec: ModelSpec = { input: 2, layers: [rnn(UNITS, { activation: 'relu' })], output: dense(1), seed: 1 };
  using model = await createModel(spec);
  const weights = model.weights();
  const { shape, data } = weights['layers.0.weight_hh'];
  model.setWeights({ ...weights, 'layers.0.weight_hh': { shape, data: data.map((w) => w * stretch) } });
  const options = { rows: ROWS, loss: mse, ...(clipNorm !== undefined && { clipNorm }) };
  // At a rate of nothing: the gradient as it stands at the start.
  const { byLag } = train(model, adding(LAG), { updates: 1, optimizer: sgd(1e-30), ...options });
  try {
    const { largestNorm, loss, nonFinite } = train(model, adding(LAG), { updates, optimizer: sgd(RATE), ...options });
    const failure = nonFinite > 0 ? `${nonFinite} of ${updates} gradients were not finite` : undefined;
    return { byLag, largestNorm, loss, failure };
  } catch (error) {
    if (!(error instanceof EddyError)) throw error;
    return { byLag, largestNorm: Number.POSITIVE_INFINITY, loss: Number.NaN, failure: error.message };
  }
}

/** ‖∂ℓ/∂h‖ by layer, from the input up, of deep stacks at their start: plain units with two kinds of slope, and LSTMs. */
export async function byDepth(depth: number): Promise<{ readonly [stack: string]: Float64Array }> {
  const stacks = {
    sigmoid: rnn(UNITS, { activation: 'sigmoid' }),
    tanh: rnn(UNITS),
    LSTM: lstm(UNITS),
  };
  const norms: { [stack: string]: Float64Array } = {};
  for (const [name, layer] of Object.entries(stacks)) {
    using model = await createModel({
      input: 2,
      layers: Array.from({ length: depth }, () => layer),
      output: dense(1),
      seed: 1,
    });
    const options = { updates: 1, rows: ROWS, loss: mse, optimizer: sgd(1e-30) };
    norms[name] = train(model, adding(12), options).byLayer;
  }
  return norms;
}
