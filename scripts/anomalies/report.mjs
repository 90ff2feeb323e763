/**
 * Measures anomaly scores, intervals and drift, and writes docs/anomalies.md.
 *
 *     npm run build && node scripts/anomalies/report.mjs NAB_FOLDER && npm run format
 *
 * NAB_FOLDER is a copy of the benchmark, or of a part of it: data/<folder>/<file>.csv and labels/combined_windows.json.
 */
import { writeFileSync } from 'node:fs';
import { detectAnomaliesStage } from '../../dist/operators/detectAnomalies.js';
import { Intervals } from '../../dist/src/online/conformal/intervals.js';
import { Adwin } from '../../dist/src/online/drift/adwin.js';
import { Kswin } from '../../dist/src/online/drift/kswin.js';
import { PageHinkley } from '../../dist/src/online/drift/pageHinkley.js';
import { LagForecaster } from '../../dist/src/online/lagForecaster.js';
import { openRandom } from '../../dist/src/random.js';
import { injectedSeries } from './injected.mjs';
import { LEARNED, learnedRun } from './learnedIntervals.mjs';
import { evaluate, PROFILES } from './nabScore.mjs';
import { readNab, readSeries } from './series.mjs';

const [folder] = process.argv.slice(2);
if (!folder) {
  process.stderr.write('usage: node scripts/anomalies/report.mjs NAB_FOLDER\n');
  process.exit(2);
}

const note = (text) => process.stderr.write(`${text}\n`);
const nab = readNab(folder);
const injected = injectedSeries([1, 2]);

/** Scores of every file, and the processor's microseconds a row. */
function scoresOf(files, options) {
  const from = process.cpuUsage();
  const scores = files.map(({ values, times }) => {
    const stage = detectAnomaliesStage({ ...options, value: ({ value }) => value, time: ({ time }) => time })();
    const out = new Float64Array(values.length);
    values.forEach((value, i) => {
      stage.step({ value, time: times[i] }, ({ score }) => {
        out[i] = score;
      });
    });
    stage.dispose();
    return out;
  });
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  return { scores, microseconds: process.cpuUsage(from).user / rows };
}

const all = ['error', 'spread', 'shape', 'season'];
const VARIANTS = {
  'as it is': {},
  ...Object.fromEntries(all.map((part) => [`without ${part}`, { parts: all.filter((other) => other !== part) }])),
  ...Object.fromEntries(all.map((part) => [`${part} alone`, { parts: [part] }])),
  'with calm': { parts: [...all, 'calm'] },
  'with range': { parts: [...all, 'range'] },
  'alarms not spaced': { spacing: false },
  'eight lags as forecaster': { forecaster: () => new LagForecaster() },
  'last value as forecaster': { forecaster: () => ({ step: (value) => value }) },
  'anomaly likelihood (Ahmad et al. 2017)': { scoring: 'likelihood' },
};

const table = (head, rows) => {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
};
const one = (value) => value.toFixed(1);

const results = Object.entries(VARIANTS).map(([name, options]) => {
  note(name);
  const own = scoresOf(nab, options);
  return {
    name,
    own,
    onNab: evaluate(nab, own.scores),
    onInjected: evaluate(injected, scoresOf(injected, options).scores),
  };
});
const [base] = results;

/** Misses and interval scores of one-step or later forecasts of one series. */
function intervalRun(values, options) {
  const horizon = options.horizon ?? 1;
  const intervals = new Intervals(options);
  const forecaster = new LagForecaster();
  const misses = [];
  const out = [];
  let last = values.find(Number.isFinite);
  values.forEach((value, t) => {
    const known = Number.isFinite(value);
    if (known) last = value;
    const due = out[t - horizon];
    if (known && due && Number.isFinite(due.low)) misses.push(value < due.low || value > due.high ? 1 : 0);
    const forecast = horizon === 1 ? forecaster.step(value) : last;
    out.push(intervals.step(known ? value : undefined, forecast));
  });
  return { misses: misses.slice(1000), score: intervals.meanScore };
}

function furthest(misses, length, alpha) {
  let sum = 0;
  let most = 0;
  const within = Math.min(length, misses.length);
  misses.forEach((miss, i) => {
    sum += miss - (i >= within ? misses[i - within] : 0);
    if (i >= within - 1) most = Math.max(most, Math.abs(sum / within - alpha));
  });
  return 100 * most;
}

const series = readSeries().map(({ name, values }) => ({
  name,
  values: name.startsWith('ETTh2') ? values.slice(0, 6800) : values,
}));
const methods = ['log', 'aci', 'dtaci', 'pid'];
const settings = [
  { alpha: 0.1, horizon: 1 },
  { alpha: 0.05, horizon: 1 },
  { alpha: 0.1, horizon: 24 },
];
const intervalRows = settings.flatMap(({ alpha, horizon }) => {
  const runs = methods.map((method) => series.map(({ values }) => intervalRun(values, { alpha, horizon, method })));
  return methods.map((method, m) => {
    const ratio = runs[m].reduce((sum, run, s) => sum + Math.log(run.score / runs[1][s].score), 0) / series.length;
    const over = (length) => Math.max(...runs[m].map(({ misses }) => furthest(misses, length, alpha)));
    const kept = runs[m].filter(({ misses }) => furthest(misses, 1000, alpha) <= 2.5).length;
    return [
      horizon,
      alpha,
      method,
      `${over(1000).toFixed(2)} %`,
      `${kept} of ${series.length}`,
      `${over(10_000).toFixed(2)} %`,
      Math.exp(ratio).toFixed(3),
    ];
  });
});

const aciScores = series.map(({ values }) => intervalRun(values, { alpha: 0.1, method: 'aci' }).score);
const learnedRows = [];
for (const [name, learned] of Object.entries(LEARNED)) {
  note(name);
  const runs = [];
  for (const { values } of series) runs.push(await learnedRun(values, learned));
  const ratio = runs.reduce((sum, run, s) => sum + Math.log(run.score / aciScores[s]), 0) / series.length;
  const over = (length) => Math.max(...runs.map(({ misses }) => furthest(misses, length, 0.1)));
  const kept = runs.filter(({ misses }) => furthest(misses, 1000, 0.1) <= 2.5).length;
  learnedRows.push([
    1,
    0.1,
    name,
    `${over(1000).toFixed(2)} %`,
    `${kept} of ${series.length}`,
    `${over(10_000).toFixed(2)} %`,
    Math.exp(ratio).toFixed(3),
  ]);
}

/** Error rates that go from 0.2 to 0.5 over so many rows from row 2,000. */
const rates = (seed, over, length = 8000) => {
  const random = openRandom(seed);
  return Array.from({ length }, (_, t) => {
    const share = over === 0 ? Number(t >= 2000) : Math.max(0, Math.min(1, (t - 2000) / over));
    return random.uniform() < 0.2 + 0.3 * share ? 1 : 0;
  });
};
const detectors = {
  ADWIN: () => new Adwin(),
  'Page–Hinkley': () => new PageHinkley(),
  'KSWIN (alpha 0.005)': () => new Kswin({ alpha: 0.005 }),
};
const driftRows = Object.entries(detectors).map(([name, open]) => {
  const delay = (over) => {
    const found = Array.from({ length: 50 }, (_, seed) => {
      const detector = open();
      return rates(seed, over).findIndex((value, t) => detector.step(value) && t >= 2000) - 2000;
    });
    const sorted = found.filter((at) => at >= 0).sort((a, b) => a - b);
    return `${sorted[sorted.length >> 1] ?? '–'} (${sorted.length} of 50)`;
  };
  const quiet = open();
  const random = openRandom(5);
  let alarms = 0;
  for (let t = 0; t < 200_000; t++) if (quiet.step(random.uniform() < 0.2 ? 1 : 0)) alarms++;
  return [name, delay(0), delay(1000), alarms];
});

const likelihood = results.at(-1);
const cost = results.find(({ name }) => name === 'last value as forecaster').own.microseconds;
const profiles = Object.entries(PROFILES).map(([name, profile]) => ({
  name,
  ...evaluate(nab, base.own.scores, profile),
}));
const kinds = {};
const injectedScores = scoresOf(injected, {}).scores;
injected.forEach(({ windows, kinds: own }, f) => {
  windows.forEach(([first, last], k) => {
    kinds[own[k]] ??= { found: 0, all: 0 };
    const kind = kinds[own[k]];
    kind.all++;
    if (injectedScores[f].subarray(first, last + 1).some((score) => score >= 0.5)) kind.found++;
  });
});

const page = `# Anomalies, intervals, drift: what was measured

Made by \`node scripts/anomalies/report.mjs NAB_FOLDER\`; every number on this page comes from that run, but for those marked as published or as noted while choosing.

## Anomaly scores

A row is scored by the forecast made before it came. Each part (the error, the spread of errors, their shape, the time of day)
compares itself with the eight largest events of its own past by a tail that says how many events so rare a history as long as this
one would hold by chance; the parts' counts are joined by their harmonic mean; a row is an alarm (score ≥ 0.5) when the joint count is at most 6 and
no alarm came shortly before.

### NAB, ${nab.length} files, ${base.onNab.windows} windows

${table(
  ['profile', 'best threshold', 'score', 'windows hit', 'false rows', 'at 0.5, untouched', 'one folder left out'],
  profiles.map((p) => [
    p.name,
    p.threshold.toFixed(4),
    one(p.whole),
    `${p.hits} of ${p.windows}`,
    p.falseRows,
    one(p.atHalf),
    one(p.leftOut),
  ]),
)}

"One folder left out": each folder is scored at the threshold that is best on all the others. By folder, standard profile:

${table(
  ['folder', 'files', 'threshold of the others', 'windows hit', 'false rows', 'raw score, of at most'],
  base.onNab.folders.map((f) => [
    f.folder,
    f.files.length,
    f.threshold.toFixed(4),
    f.hits,
    f.falseRows,
    `${f.score.toFixed(2)} of ${f.files.reduce((sum, { windows }) => sum + windows.length, 0)}`,
  ]),
)}

Published for all 58 files of the benchmark, which are not the same files (numenta/NAB, README): HTM 70.5 to 69.7, CAD OSE 69.9, KNN CAD 58.0, windowed Gaussian 39.6.

### How it was chosen, and how many variants were compared

On anomalies put into real series without labels (ETTh2 and PM2.5 in pieces of 4,800 rows) and into simulated counts and machine loads: nine
kinds, sizes near what the series does by itself, ${base.onInjected.windows} windows, scored by the benchmark's rules. 166 variants were compared there, two or four draws of the
anomalies each (while choosing, a few more public series were among them). Most lie within two points of each other: a plateau, not a peak.

On NAB itself 16 variants were scored while choosing, on all the files of the table above: 6 of the first form (which parts, spacing of 3 or 6 % of the history; from 61 to 67),
6 with 4 or 8 events kept, spreads of 12 or 24 rows and seasons of 2 or 6 (70 to 72), the final code with alarms at a joint count of 8 (70.9; 64.7 with a folder left out, as its best threshold lay at the very edge) and of 6 (72.9), and with the forecaster
in place of eight lags, in two versions of it (73.0 and 74.1). Three choices were made with these results in view: spacing of 8 % rather than 3, the time of day as a part, and 6 in place of 8. The rest
was chosen on the injected series. The skeleton is older: comparing with the largest past events, grouped within 12 rows and fading by 1e-4 a row, alarms spaced, a
profile of 48 half-hours come from an earlier study of these same files (some 2,700 variants), so no score on them is blind. A folder that is left out is left out of the choice of the threshold, not of these three choices. The ablation below was run
afterwards and nothing was chosen by it.

### Ablation

${table(
  [
    'variant',
    'injected, best threshold',
    'injected, at 0.5',
    'NAB, best threshold',
    'NAB, at 0.5',
    'NAB, one folder left out',
  ],
  results.map(({ name, onInjected, onNab }) => [
    name,
    one(onInjected.whole),
    one(onInjected.atHalf),
    one(onNab.whole),
    one(onNab.atHalf),
    one(onNab.leftOut),
  ]),
)}

Injected anomalies found, by kind:

${table(
  ['kind', 'found'],
  Object.entries(kinds).map(([kind, { found, all: of }]) => [kind, `${found} of ${of}`]),
)}

A stuck sensor is what it misses most; with the part \`calm\` it finds more of them. That part is off by default: on the wider set it was chosen on it cost 1.7 points in false alarms elsewhere.

### What did not help (injected series, points, noted while choosing)

The least of the parts' counts in place of the harmonic mean (−2 to −3); their geometric mean (0 to −7) and Fisher's sum (−1 to −5); more parts: means over 3, 6 and 12 errors, shapes of
values or of changes beside those of errors (−1 to 0); shapes of 12 or 16 rows (−1 to 0), 32 or 128 of them (0 to +0.5); 16 events in place of 8 (+0.5 to −3), 4 (−2); no fading of old events (−2.5), twice as much (−2); no prior on the tail's
index (−1); events of 6 or 24 rows (±0.5); alarms at a count of 4 (−2.5) or 12 (−7 at 0.5); spacing of 3 % (−1), 12 % (−1), 20 % (−3); the day's lags among the eight (−0.5).

### Cost

${base.own.microseconds.toFixed(1)} µs a row with the forecaster and the interval, ${cost.toFixed(1)} µs without a forecaster; the anomaly likelihood ${likelihood.own.microseconds.toFixed(1)} µs with it (one run, one thread, the processor's time). Memory is constant: some 900 numbers beside the forecaster's.

## Intervals

Conformal intervals around one-step forecasts (least squares on eight lags) and around the last value 24 rows ahead: taxi, ETTh2 (all seven channels, up to row 6,800: the
sensor that is stuck from row 6,840 on is forecast exactly, so any interval covers it) and PM2.5 with four weather channels. After 1,000 rows, the furthest that the coverage is from 1 − alpha over any 1,000 values in a row and over any 10,000
(all, where there are fewer), and the mean interval (Winkler) score against \`aci\`'s, geometric mean over the series; less is better.

${table(['rows ahead', 'alpha', 'method', 'over any 1,000, worst series', 'series within 2.5 %', 'over any 10,000', 'interval score'], intervalRows)}

\`log\` is the default: the only one within 2.5 % and 1 % on all series one row ahead, with a score within 0.5 % of the least. At 24 rows ahead misses come in days on end, and an error is
known a day late; over 1,000 rows no method holds 2.5 %.

Beside them, on the same values, the intervals that a network learns by itself (\`outputIntervals\` of an LSTM of 16 that is taught the changes online, from its first row on):

${table(['rows ahead', 'alpha', 'loss', 'over any 1,000, worst series', 'series within 2.5 %', 'over any 10,000', 'interval score'], learnedRows)}

Their width follows the state, so they cost less, but nothing holds their coverage, which on the worst series is off by more than a tenth over 1,000 rows: where that counts, take the conformal ones.

## Drift

Errors (0 or 1) whose rate goes from 0.2 to 0.5 at row 2,000, at once or over 1,000 rows; median delay in rows and how many of 50 streams; alarms in 200,000 rows without a change.

${table(['detector', 'abrupt', 'gradual', 'false alarms'], driftRows)}

On the stream of River's own examples (1,000 zeros and ones, then 1,000 of 4 … 7) River prints 1023 for ADWIN, 1006 for Page–Hinkley and 1016 for KSWIN at alpha 0.0001, with no other alarm; eddy finds the same three rows, and no other (KSWIN draws at random: this is with its default seed).
`;

writeFileSync(new URL('../../docs/anomalies.md', import.meta.url), page);
note('docs/anomalies.md');
