import { type addingByWindow, type ByCell, type Explosion, LAG, RATE, ROWS, UNITS } from './experiments.js';
import { COPY, EARLY } from './tasks.js';
import type { Run } from './train.js';

export interface Results {
  readonly updates: number;
  readonly adding: ByCell;
  readonly copying: ByCell;
  readonly windows: Awaited<ReturnType<typeof addingByWindow>>;
  readonly free: Explosion;
  readonly clipped: Explosion;
  readonly depth: { readonly [stack: string]: Float64Array };
}

const number = (value: number) => {
  if (value === 0) return '0';
  return Math.abs(value) < 1e-3 || Math.abs(value) >= 1e4 ? value.toExponential(1) : value.toPrecision(3);
};
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const table = (head: string[], rows: string[][]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const rowsOf = (runs: ByCell, cells: (run: Run) => string[]) =>
  Object.entries(runs).map(([name, run]) => [name, ...cells(run)]);

/** docs/why-gates.md. */
export function page({ updates, adding, copying, windows, free, clipped, depth }: Results): string {
  return `<!-- Written by scripts/why-gates (node scripts/run.mjs scripts/why-gates/main.ts): change it there. -->
# Why gates

A plain recurrent unit passes what it knows through a matrix and a squashing function at every sample. Going back in time, its gradient is
multiplied by the same matrix and by slopes below one, again and again: it vanishes, or, where the matrix stretches, explodes
(Hochreiter 1991; Bengio, Simard & Frasconi 1994). An LSTM's cell and a GRU's state are carried by a sum, c_t = f∘c_{t−1} + i∘g and
h_t = z∘h_{t−1} + (1−z)∘n: a gate near 1 lets value and gradient pass unchanged, and near 0 keeps what comes in between out.

This page measures it: ${UNITS} units each, one layer, ${ROWS} sequences an update, Adam at ${RATE}, gradients clipped at norm 1. The gates start
open for memories of up to ${LAG} samples (Tallec & Ollivier 2018); the plain RNN has no gates to open, its recurrent matrix starts orthogonal.

## Remembering over ${LAG} samples

The **adding problem** (Hochreiter & Schmidhuber 1997): of a row of random numbers two are marked; say their sum at the end, ${LAG} samples and more
after the marks. Who remembers nothing has a loss of 1/6 = 0.167. The **copy task**: ${COPY.count} symbols out of ${COPY.symbols} are shown, ${LAG} meaningless ones
follow, then the ${COPY.count} are to be repeated. Guessing is right in ${percent(1 / COPY.symbols)}.

${table(
  ['', `adding: loss after ${updates} updates`, `copying: right after ${2 * updates} updates`],
  rowsOf(adding, (run) => [number(run.loss)]).map((row, k) => [...row, percent(Object.values(copying)[k].accuracy)]),
)}

![Loss on the adding problem over the updates](figures/why-gates-adding.svg)

What was chosen, and what it hides: one seed each. The gated cells start with a chrono initialisation for this lag; from eddy's own start the LSTM had not
learned adding within 1,000 updates (loss 0.169, like the RNN), the GRU had (4e-4). With a silent gap of 30 in the copy task the orthogonal plain RNN
solved it too (100 %, LSTM 87 %, GRU 95 %), which is why the gap is longer here and filled with distracting symbols. Both marks of the adding problem
lie beyond the lag, so that the statements about k2 below are clean.

## The gradient by lag

\`learner.gradientNormByLag()\` after that training: how much the loss at the end still asks of the state k samples before.
Below 1e-18 the kernels count it as 0.

${table(['‖∂ℓ/∂h(F−k)‖', 'k = 0', `k = ${LAG / 2}`, `k = ${LAG}`, `k = ${LAG} over k = 0`], [...rowsOf(adding, ({ byLag }) => lagCells(byLag)), ['relu RNN, stretched', ...lagCells(free.byLag)]])}

![Gradient norms by lag](figures/why-gates-lag.svg)

The last row is a relu RNN whose recurrent matrix is half as large again: its gradient explodes. Trained by plain gradient descent at ${RATE} it ends
with "${free.failure?.split(';')[0] ?? 'no failure'}". With the same gradients clipped at norm 1 (Pascanu, Mikolov & Bengio 2013) nothing fails: the largest norm before clipping
was ${number(clipped.largestNorm)}, the loss at the end ${number(clipped.loss)}. Clipping keeps it finite; it does not make it remember.

## The gradient by depth

\`learner.gradientNormByLayer()\` in stacks of ${Object.values(depth)[0].length} layers at their start. A sigmoid's slope is at most ¼.

${table(
  ['‖∂ℓ/∂h‖', ...Array.from(Object.values(depth)[0], (_, l) => `layer ${l + 1}`)],
  Object.entries(depth).map(([name, norms]) => [name, ...Array.from(norms, number)]),
)}

![Gradient norms by layer](figures/why-gates-depth.svg)

## The window must reach

Truncation cuts what gates would carry: a window that ends before the marks teaches nothing of them. The GRU on the adding problem with k1 = ${LAG + EARLY}, the sequence's length, and windows of k2 samples:

${table(
  ['k2', 'loss'],
  windows.map(({ k2, run }) => [String(k2), number(run.loss)]),
)}

\`gradientFidelity(model, samples, { loss, k2: [1, 2, 4, …] })\` says for samples of yours, before any training, how much of the true gradient a
window keeps.

## Sources

Hochreiter 1991, Untersuchungen zu dynamischen neuronalen Netzen · Bengio, Simard & Frasconi 1994, doi 10.1109/72.279181 ·
Hochreiter & Schmidhuber 1997, doi 10.1162/neco.1997.9.8.1735 · Cho et al. 2014, arXiv:1406.1078 · Pascanu, Mikolov & Bengio 2013,
arXiv:1211.5063 · Tallec & Ollivier 2018, arXiv:1804.11188 · Graves, Wayne & Danihelka 2014, arXiv:1410.5401
`;
}

const lagCells = (byLag: Float64Array) => [byLag[0], byLag[LAG / 2], byLag[LAG], byLag[LAG] / byLag[0]].map(number);
