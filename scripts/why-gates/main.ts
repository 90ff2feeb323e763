// Runs the experiments and writes docs/why-gates.md with its figures: node scripts/run.mjs scripts/why-gates/main.ts
import { mkdirSync, writeFileSync } from 'node:fs';
import { type Chart, drawChart } from './chart.js';
import { addingByCell, addingByWindow, byDepth, copyingByCell, exploding, LAG } from './experiments.js';
import { page } from './page.js';
import { EARLY } from './tasks.js';

const UPDATES = 1000;
const DEPTH = 8;

const results = {
  updates: UPDATES,
  adding: await addingByCell(UPDATES),
  copying: await copyingByCell(2 * UPDATES),
  windows: await addingByWindow(UPDATES, [8, 16, 32, LAG - 4, LAG + EARLY]),
  free: await exploding(200, undefined),
  clipped: await exploding(200, 1),
  depth: await byDepth(DEPTH),
};

const { adding, depth, free } = results;
const by = <T>(record: { readonly [name: string]: T }, points: (value: T) => readonly (readonly [number, number])[]) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, points(value)]));
const lags = (norms: Float64Array) => Array.from(norms, (norm, k) => [k, norm] as const);

const figures: { readonly [file: string]: Chart } = {
  adding: {
    title: `Adding problem, lag ${LAG}: loss while learning`,
    x: 'updates',
    y: 'mean squared error',
    log: true,
    series: by(adding, ({ curve }) => curve.map((loss, k) => [((k + 1) * UPDATES) / 10, loss] as const)),
  },
  lag: {
    title: 'How far back the gradient reaches',
    x: 'lag k, samples before the end',
    y: '‖∂ℓ/∂h(F−k)‖',
    log: true,
    series: { ...by(adding, ({ byLag }) => lags(byLag)), 'relu RNN, stretched': lags(free.byLag) },
  },
  depth: {
    title: 'How deep the gradient reaches',
    x: 'layer, from the input up',
    y: '‖∂ℓ/∂h‖',
    log: true,
    series: by(depth, (norms) => Array.from(norms, (norm, l) => [l + 1, norm] as const)),
  },
};

mkdirSync('docs/figures', { recursive: true });
for (const [file, chart] of Object.entries(figures))
  writeFileSync(`docs/figures/why-gates-${file}.svg`, drawChart(chart));
writeFileSync('docs/why-gates.md', page(results));
console.log('docs/why-gates.md');
