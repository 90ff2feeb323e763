// The tables, as Markdown: made from the rows of a run, never typed.
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { perMac } from './counts.mjs';
import { fitGrowth, macsOf } from './growth.mjs';
import { configurations, multiplyAdds } from './workloads.mjs';

const readme = new URL('README.md', import.meta.url);

const digits = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
const table = (head, rows) =>
  [head, head.map((_, k) => (k === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const unique = (values) => [...new Set(values)];
const of = (rows, config, contestant) => rows.find((row) => row.config === config && row.contestant === contestant);

function cell(row, kind) {
  if (!row) return '–';
  if (row.min === null) return row.note.startsWith('wrong') ? 'wrong' : 'failed';
  return digits(row[kind]) + (row.note === 'starred' ? '*' : '');
}

function raceTable(title, rows, kind) {
  const names = unique(rows.map(({ contestant }) => contestant));
  const configs = unique(rows.map(({ config }) => config));
  return [
    `**${title}, ${kind === 'min' ? 'minimum' : 'median'}, ${rows[0].unit}**`,
    table(
      ['', ...names],
      configs.map((config) => [config, ...names.map((name) => cell(of(rows, config, name), kind))]),
    ),
  ].join('\n\n');
}

const units = (config) => Number(/H(\d+)/.exec(config)[1]);

/** What is aimed at, as ratios of minima within the run: eddy's time over a peer's (`most`), or a peer's over eddy's (`least`). */
const goals = [
  { workload: 'W1', peer: 'C in wasm', most: 1 },
  { workload: 'W1', peer: 'C native', most: 1.2, where: (config) => units(config) >= 32 },
  { workload: 'W1', peer: 'tfjs ops', least: 100, where: (config) => units(config) <= 32 },
  { workload: 'W1', peer: 'tfjs ops', least: 40, where: (config) => units(config) === 64 },
  ...['onnxruntime-node', 'PyTorch', 'plain JavaScript'].map((peer) => ({ workload: 'W1', peer, least: 1 })),
  { workload: 'W2', peer: 'C in wasm', most: 1 },
  { workload: 'W2', peer: 'C native', most: 1.2 },
  { workload: 'W2', peer: 'tfjs ops', least: 300, where: (config) => units(config) <= 32 },
  { workload: 'W2', peer: 'tfjs ops', least: 50, where: (config) => units(config) === 128 },
  { workload: 'W2', peer: 'PyTorch', least: 60, where: (config) => units(config) <= 32 },
  { workload: 'W2', peer: 'PyTorch', least: 7, where: (config) => units(config) === 128 },
  { workload: 'W3', peer: 'C in wasm', most: 0.8 },
  { workload: 'W3', peer: 'onnxruntime-node', least: 1 },
  { workload: 'W3', peer: 'PyTorch', least: 1 },
];

function ratioTables(rows) {
  const parts = [];
  for (const workload of ['W1', 'W2', 'W3']) {
    const own = rows.filter((row) => row.workload === workload);
    const peers = unique(own.map(({ contestant }) => contestant)).filter((name) => name !== 'eddy');
    const configs = unique(own.map(({ config }) => config)).filter((config) => of(own, config, 'eddy')?.min);
    if (peers.length === 0 || configs.length === 0) continue;
    const ratio = (config, peer) => {
      const theirs = of(own, config, peer);
      if (!theirs?.min) return '–';
      return `${digits(theirs.min / of(own, config, 'eddy').min)}${theirs.note === 'starred' ? '*' : ''}`;
    };
    parts.push(
      `**${workload}: how many times eddy's time each takes (minima)**`,
      table(
        ['', ...peers],
        configs.map((config) => [config, ...peers.map((peer) => ratio(config, peer))]),
      ),
    );
  }
  return parts;
}

/** Goals that are no ratio to a peer. */
function singleGoals(rows) {
  const min = (config, contestant = 'eddy') => of(rows, config, contestant)?.min ?? Number.NaN;
  const first = 'import to first prediction';
  const way = (name, what) => min(`LSTM-32 ${what}: ${name}`);
  const over = (name, what) => way(name, what) - way(what === 'predict' ? 'model.step' : 'learner.step', what);
  const most = (goal, value, bound, unit) => ({ goal, value, most: bound, unit });
  return [
    most(
      'W4: ≤ 20 ms over the bare import of tfjs',
      min(first) - min(first, 'tfjs-core and its WASM backend, imported'),
      20,
      'ms over it',
    ),
    most('W4: ≤ 220 kB gzip', min('size'), 220, 'kB'),
    ...['predict', 'learn'].map((what) => most(`W5: ${what}, RxJS ≤ 0.2 µs`, over('RxJS', what), 0.2, 'µs')),
    ...['predict', 'learn'].flatMap((what) =>
      ['Node Transform', 'Web TransformStream'].map((name) =>
        most(`W5: ${what}, ${name} ≤ 0.3 µs`, over(name, what) - way(name, 'empty'), 0.3, 'µs'),
      ),
    ),
    { goal: 'audio: LSTM-32 predicts ≥ 40 × real time', value: min('LSTM-32 predicting'), least: 40, unit: '×' },
    { goal: 'audio: LSTM-32 learns ≥ 12 × real time', value: min('LSTM-32 learning'), least: 12, unit: '×' },
    ...['model.step into out', 'learner.step into the last step'].map((config) =>
      most(`heap: ${config}, no byte`, Math.floor(min(config)), 0, 'bytes a sample'),
    ),
  ];
}

function goalTable(rows) {
  const lines = [];
  for (const { workload, peer, most, least, where = () => true } of goals) {
    const ratios = unique(rows.filter((row) => row.workload === workload).map(({ config }) => config))
      .filter(where)
      .map((config) => {
        const own = of(rows, config, 'eddy')?.min;
        const theirs = of(rows, config, peer)?.min;
        return own && theirs ? { config, ratio: most === undefined ? theirs / own : own / theirs } : undefined;
      })
      .filter(Boolean);
    if (ratios.length === 0) continue;
    const holds = ({ ratio }) => (most === undefined ? ratio >= least : ratio <= most);
    const worst = ratios.reduce((a, b) => ((most === undefined ? b.ratio < a.ratio : b.ratio > a.ratio) ? b : a));
    const wanted = most === undefined ? `${peer} takes ≥ ${least} × as long` : `≤ ${most} × ${peer}`;
    const met = ratios.filter(holds).length;
    lines.push([`${workload}: ${wanted}`, `${met} of ${ratios.length}`, `${digits(worst.ratio)} × (${worst.config})`]);
  }
  for (const { goal, value, most, least, unit } of singleGoals(rows)) {
    if (!Number.isFinite(value)) continue;
    lines.push([
      goal,
      (most === undefined ? value >= least : value <= most) ? '1 of 1' : '0 of 1',
      `${digits(value)} ${unit}`,
    ]);
  }
  return lines.length ? [table(['goal', 'met at', 'worst'], lines)] : [];
}

/** The least that 128 bits allow: the multiply-adds at the measured rate, or the weights at the bandwidth of the cache that holds them. */
function limitTable(rows, peak) {
  const [rate, small, middle, large, beyond] = peak;
  const lines = configurations
    .filter(({ work, name }) => work === 'W1' && of(rows, name, 'eddy')?.min)
    .map((config) => {
      const macs = multiplyAdds(config);
      const bytes = 4 * macs;
      const bandwidth = bytes < 40e3 ? small : bytes < 500e3 ? middle : large;
      const limit = Math.max(macs / rate, bytes / bandwidth) / 1e3;
      const times = (name) => {
        const found = of(rows, config.name, name)?.min;
        return found ? digits(found / limit) : '–';
      };
      return [config.name, limit.toFixed(3), ...['eddy', 'C in wasm', 'C native', 'tfjs ops'].map(times)];
    });
  if (lines.length === 0) return [];
  return [
    `**The limit of one core: ${rate} GMAC/s in 128 bits; loads ${small}, ${middle}, ${large}, ${beyond} GB/s from 16, 256, 1,024, 4,096 kB. Times as multiples of it, activations not counted in**`,
    table(['', 'limit, µs', 'eddy', 'C in wasm', 'C native', 'tfjs ops'], lines),
  ];
}

const plainTable = (title, rows) => [
  `**${title}**`,
  table(
    ['', 'contestant', 'unit', 'minimum', 'median'],
    rows.map((row) => [row.config, row.contestant, row.unit, cell(row, 'min'), cell(row, 'median')]),
  ),
];

function streamTable(rows) {
  const min = (config) => rows.find((row) => row.config === `LSTM-32 ${config}`)?.min;
  const lines = ['RxJS', 'Node Transform', 'Web TransformStream'].map((way) => {
    const empty = min(`empty: ${way}`);
    const over = (work, kernel) => min(`${work}: ${way}`) - min(`${work}: ${kernel}`) - (way === 'RxJS' ? 0 : empty);
    return [
      way,
      ...[
        empty,
        min(`predict: ${way}`),
        over('predict', 'model.step'),
        min(`learn: ${way}`),
        over('learn', 'learner.step'),
      ].map((value) => value.toFixed(2)),
    ];
  });
  return [
    `**W5: the whole path of a sample, LSTM-32, µs, minima. model.step alone ${min('predict: model.step').toFixed(2)}, learner.step with TBPTT(32,32) ${min('learn: learner.step').toFixed(2)}. "Over": over the kernel alone (RxJS), over the kernel and an empty stream of the kind (Node, Web)**`,
    table(['', 'empty', 'predict', 'over', 'learn', 'over'], lines),
  ];
}

function growthText(rows, peak) {
  const points = rows
    .filter(({ config }) => /^LSTM-\d+$/.test(config))
    .map(({ config, min }) => ({ units: Number(config.slice(5)), macs: macsOf(Number(config.slice(5))), time: min }));
  const fitted = points.filter(({ units: n }) => n <= 256);
  if (fitted.length < 4) return [];
  const [a, b, c] = fitGrowth(fitted);
  const at = ({ macs, units: n }) => a * macs + b * n + c;
  const worst = Math.max(...fitted.map((point) => Math.abs(point.time / at(point) - 1)));
  const lines = points.map((point) => [
    `LSTM-${point.units}`,
    digits(point.time),
    digits(at(point)),
    `${(100 * (point.time / at(point) - 1)).toFixed(1)} %`,
    peak ? `${((4 * point.macs) / point.time / 1e3).toFixed(1)}` : '–',
  ]);
  return [
    `**W6: a step of one sample is ${(a * 1e6).toFixed(1)} ps · MACs + ${(b * 1e3).toFixed(2)} ns · units + ${(c * 1e3).toFixed(0)} ns, to within ${(100 * worst).toFixed(1)} % (goal: 15 %) up to 256 units${peak ? `. At 512 units the weights are 4.2 MB: ${peak[4]} GB/s, as measured from 4,096 kB, make at least ${digits((4 * macsOf(512)) / peak[4] / 1e3)} µs` : ''}**`,
    table(['', 'µs', 'fit', 'off', 'GB/s of weights'], lines),
  ];
}

function head({ missing, versions }) {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version ?? ''}`.trim());
  const absent = Object.entries(missing).map(([name, reason]) => `${name} (${reason})`);
  return [
    `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC. ${os.cpus()[0].model}, ${os.cpus().length} virtual cores, load ${os
      .loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}. Node ${process.versions.node}, V8 ${process.versions.v8}. ${names.join(', ')}.`,
    absent.length ? `Missing: ${absent.join('; ')}.` : 'No contestant is missing.',
  ];
}

export function report({ rows, missing, versions, peak }) {
  const having = (workload) => rows.filter((row) => row.workload === workload);
  const titles = {
    W1: 'W1: one sample at a time',
    W2: 'W2: one update, window 32, Adam, norm clipping',
    W3: 'W3: many rows at once',
  };
  const parts = [...head({ missing, versions }), ...goalTable(rows)];
  for (const [workload, title] of Object.entries(titles)) {
    const own = having(workload);
    if (own.length) parts.push(raceTable(title, own, 'min'), raceTable(title, own, 'median'));
  }
  parts.push(...ratioTables(rows));
  if (peak) parts.push(...limitTable(rows, peak));
  if (having('W4').length) parts.push(...plainTable('W4: cold start and size', having('W4')));
  if (having('W5').length) parts.push(...streamTable(having('W5')));
  if (having('W6').length) {
    parts.push(...growthText(having('W6'), peak));
    parts.push(
      ...plainTable(
        'W6: growth',
        having('W6').filter(({ config }) => config.includes(',')),
      ),
    );
  }
  if (having('audio').length)
    parts.push(
      ...plainTable('Audio: times real time at 44,100 Hz (of the best slice, of the median)', having('audio')),
    );
  if (having('heap').length) parts.push(...plainTable('JS heap', having('heap')));
  const notes = rows.filter(({ note }) => note && note !== 'starred');
  if (notes.length)
    parts.push(notes.map(({ contestant, config, note }) => `- ${contestant}, ${config}: ${note}`).join('\n'));
  return parts.join('\n\n');
}

function countTable() {
  const text = readFileSync(new URL('../build/eddy.wat', import.meta.url), 'utf8');
  return table(
    ['inner loop', 'multiply-adds a turn', 'adds', 'loads', 'stores', 'instructions'],
    perMac(text).map(({ product, macs, adds, loads, stores, all }) => [
      product,
      macs,
      ...[adds, loads, stores, all].map((count) => count.toFixed(2)),
    ]),
  );
}

/** Puts the tables into README.md, between their marks. */
export function writeReadme(text) {
  const between = (page, name, content) => {
    const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
    return `${page.slice(0, page.indexOf(begin) + begin.length)}\n\n${content}\n\n${page.slice(page.indexOf(end))}`;
  };
  const page = readFileSync(readme, 'utf8');
  writeFileSync(readme, between(between(page, 'counts', countTable()), 'tables', text));
}
