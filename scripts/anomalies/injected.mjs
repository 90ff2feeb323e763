import { createRandom } from '../../dist/src/core/random.js';
import { readSeries } from './series.mjs';

const ROWS = 4800;
const KINDS = ['spike', 'burst', 'level', 'short level', 'noise', 'stuck', 'reversed day', 'scaled day', 'ramp'];

/**
 * Real series without labels, and two simulated kinds, with one to three anomalies put in, of nine kinds, at random rows, of a
 * size near what the series does by itself. Windows as the benchmark draws them: a tenth of the rows, shared, around each.
 */
export function injectedSeries(seeds) {
  const bases = [...realBases(), ...simulatedBases()];
  return seeds.flatMap((seed) => {
    const random = createRandom(seed);
    return bases.map((base) => inject(base, random));
  });
}

function realBases() {
  return readSeries()
    .filter(({ name }) => name !== 'taxi')
    .flatMap(({ name, values, times }) =>
      Array.from({ length: 3 }, (_, part) => {
        let last = 0;
        const from = 100 + part * (values.length > 30_000 ? 3 : 0.98) * ROWS;
        const cut = (list) => list.slice(Math.floor(from), Math.floor(from) + ROWS);
        const filled = cut(values).map((value) => {
          if (Number.isFinite(value)) last = value;
          return last;
        });
        return { name: `${name} ${part}`, folder: name.split(' ')[0], values: filled, times: cut(times) };
      }),
    );
}

function simulatedBases() {
  const random = createRandom(99);
  const times = Array.from({ length: 5000 }, (_, t) => Date.UTC(2024, 0, 1) + t * 300_000);
  const counts = () => {
    const level = 5 + 40 * random.uniform();
    let burst = 0;
    return times.map((_, t) => {
      burst = 0.8 * burst + (random.uniform() < 0.01 ? -1.5 * level * Math.log(1 - random.uniform()) : 0);
      const mean = level * (1 + 0.6 * Math.sin((2 * Math.PI * t) / 288)) + burst;
      return Math.max(0, Math.round(mean + 1.7 * Math.sqrt(mean) * random.normal()));
    });
  };
  const machine = (_, k) => {
    const level = 10 + 50 * random.uniform();
    const noise = 0.5 + 2 * random.uniform();
    const every = [12, 144, 288][k % 3];
    const job = 5 + 20 * random.uniform();
    return times.map((__, t) => {
      const jobs = t % every < 2 ? job * (0.8 + 0.4 * random.uniform()) : 0;
      const stray = random.uniform() < 0.002 ? job * random.uniform() : 0;
      return Math.min(100, Math.max(0, level + noise * random.normal() + jobs + stray));
    });
  };
  const make = (folder, open) =>
    Array.from({ length: 6 }, (_, k) => ({ name: `${folder} ${k}`, folder, values: open(_, k), times }));
  return [...make('counts', counts), ...make('machine', machine)];
}

function inject({ name, folder, values, times }, random) {
  const x = values.slice();
  const n = x.length;
  const count = 1 + random.integer(3);
  const width = Math.floor((0.1 * n) / count);
  const day = Math.round(86_400_000 / (times[1] - times[0]));
  const sorted = x.slice().sort((a, b) => a - b);
  const spread = (sorted[Math.floor(0.9 * n)] - sorted[Math.floor(0.1 * n)]) / 2.56 || 1;
  const moves = x
    .slice(1)
    .map((value, t) => Math.abs(value - x[t]))
    .sort((a, b) => a - b);
  const move = (q) => moves[Math.floor(q * (moves.length - 1))];
  const windows = [];
  const kinds = [];
  for (let k = 0; k < count; k++) {
    const slot = (0.8 * n) / count;
    const at = Math.floor(0.18 * n + (k + 0.15 + 0.7 * random.uniform()) * slot);
    const sign = random.uniform() < 0.7 ? 1 : -1;
    const kind = KINDS[random.integer(KINDS.length)];
    const size = 0.8 + 1.2 * random.uniform();
    const length = Math.min(n - at - 1, Math.floor(6 + random.uniform() * day));
    const whole = Math.min(day, n - at - 1);
    const add = (rows, amount) => {
      for (let i = 0; i < rows && at + i < n; i++) x[at + i] += amount(i);
    };
    if (kind === 'spike') add(1, () => sign * size * Math.max(1.5 * move(0.998), 1.2 * spread));
    else if (kind === 'burst') add(4, () => sign * size * Math.max(1.2 * move(0.995), spread));
    else if (kind === 'level') add(width, () => 1.5 * sign * size * spread);
    else if (kind === 'short level') add(length, () => 1.2 * sign * size * spread);
    else if (kind === 'noise') add(length, () => random.normal() * size * Math.max(move(0.99), 0.4 * spread));
    else if (kind === 'stuck') x.fill(x[at], at, Math.min(n, at + Math.max(length, day >> 1)));
    else if (kind === 'reversed day') x.splice(at, whole, ...x.slice(at, at + whole).reverse());
    else if (kind === 'scaled day') {
      const mean = x.slice(at, at + whole).reduce((a, b) => a + b, 0) / whole;
      add(whole, (i) => (x[at + i] - mean) * (sign > 0 ? 0.9 : -0.7));
    } else add(width, (i) => 2.5 * sign * size * spread * Math.min(1, (2 * i) / width));
    windows.push([Math.max(0, at - (width >> 1)), Math.min(n - 1, at + width)]);
    kinds.push(kind);
  }
  return { name, folder, rows: n, values: x, times, windows, kinds };
}
