/**
 * Measures anomaly scores, intervals and drift, and writes docs/anomalies.md.
 *
 *     npm run accuracy:anomalies                    the half of the benchmark that is copied here
 *     npm run accuracy:anomalies -- NAB_FOLDER      a copy of it, or of a part: data/<folder>/<file>.csv and labels/combined_windows.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { detectAnomaliesStage } from '../../dist/operators/detectAnomalies.js';
import { AFTER, BEFORE, compareWithRiver, OVER, STREAMS } from './driftRuns.mjs';
import { injectedSeries } from './injected.mjs';
import {
  gammaRows,
  HORIZONS,
  learnedRows,
  methodRows,
  otherRows,
  readForecasts,
  readOthers,
  seriesRows,
} from './intervalRuns.mjs';
import { evaluate, PROFILES, scoreFile, scoreFiles } from './nabScore.mjs';
import { scoresOf } from './scores.mjs';
import { readNab } from './series.mjs';
import { simulatedSeries } from './simulated.mjs';

const [folder] = process.argv.slice(2);
const note = (text) => process.stderr.write(`${text}\n`);
const nab = readNab(folder);
const injected = injectedSeries([1, 2]);
const simulated = simulatedSeries([1, 2]);

/** The processor's microseconds a row of the whole operator: forecaster, interval, score. */
function costOf(options) {
  const from = process.cpuUsage();
  for (const { values, times } of nab) {
    const stage = detectAnomaliesStage({ ...options, value: ({ value }) => value, time: ({ time }) => time })();
    values.forEach((value, i) => {
      stage.step({ value, time: times[i] }, () => {});
    });
    stage.dispose();
  }
  return process.cpuUsage(from).user / nab.reduce((sum, { rows }) => sum + rows, 0);
}

const all = ['error', 'spread', 'shape', 'season'];
const VARIANTS = {
  'as it is': {},
  ...Object.fromEntries(all.map((part) => [`without ${part}`, { parts: all.filter((other) => other !== part) }])),
  ...Object.fromEntries(all.map((part) => [`${part} alone`, { parts: [part] }])),
  'with calm': { parts: [...all, 'calm'] },
  'with range': { parts: [...all, 'range'] },
  'alarms not spaced': { spacing: false },
  'eight lags as forecaster': { forecaster: 'eight lags' },
  'last value as forecaster': { forecaster: 'last value' },
  'anomaly likelihood (Ahmad et al. 2017)': { scoring: 'likelihood' },
};

const table = (head, rows) => {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
};
const one = (value) => value.toFixed(1);

const results = Object.entries(VARIANTS).map(([name, options]) => {
  note(name);
  const scores = scoresOf(nab, options);
  const onNab = evaluate(nab, scores);
  const elsewhere = (files) => scoreFiles(files, scoresOf(files, options), onNab.threshold);
  return { name, scores, onNab, onInjected: elsewhere(injected), onSimulated: elsewhere(simulated) };
});
const [base] = results;

note('cost');
const cost = costOf({});
const bareCost = costOf({ forecaster: () => ({ step: (value) => value }) });

note('intervals');
const series = readForecasts();
const intervals = methodRows(series);
const gammas = gammaRows(series);
const each = seriesRows(series);
const others = readOthers();
const elsewhereRows = otherRows(others);
note('learned intervals');
const learned = await learnedRows(series);

note('drift');
const drift = compareWithRiver();
const comparisons = Object.entries(drift.counts).map(([verdict, count]) => `${count} ${verdict}`);

const profiles = Object.entries(PROFILES).map(([name, profile]) => ({
  name,
  ...evaluate(nab, base.scores, profile),
}));
const kinds = {};
const injectedScores = scoresOf(injected);
const simulatedScores = scoresOf(simulated);
injected.forEach(({ windows, kinds: own }, f) => {
  windows.forEach(([first, last], k) => {
    kinds[own[k]] ??= { found: 0, all: 0 };
    const kind = kinds[own[k]];
    kind.all++;
    if (injectedScores[f].subarray(first, last + 1).some((score) => score >= 0.5)) kind.found++;
  });
});

const simulatedKinds = [...new Set(simulated.map(({ folder }) => folder))].map((kind) => {
  const sum = { hits: 0, falseRows: 0, score: 0, windows: 0 };
  simulated.forEach((file, i) => {
    if (file.folder !== kind) return;
    const { hits, falseRows, score } = scoreFile(file, simulatedScores[i], base.onNab.threshold);
    sum.hits += hits;
    sum.falseRows += falseRows;
    sum.score += score;
    sum.windows += file.windows.length;
  });
  return [kind, sum];
});

const page = `# Anomalies, intervals, drift: what was measured

Made by \`npm run accuracy:anomalies\`; every number on this page comes from that run, but for those marked as published or as noted while choosing.

## Anomaly scores

A row is scored by the forecast made before it came. Each part (the error, the spread of errors, their shape, the time of day)
compares itself with the eight largest events of its own past by a tail that says how many events so large a history as long as this
one would hold by chance: what has been seen j times is expected j times, and beyond what has been seen the count falls with the cube of the size. The parts'
counts are joined by their harmonic mean; a row is an alarm (score ≥ 0.5) when the joint count is at most 6 and no alarm came shortly before.

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

By two sets without a row of the benchmark. *Injected*: anomalies of nine kinds put into real series without labels (ETTh2 and PM2.5 in pieces of 4,800 rows) and into
simulated counts and machine loads, at sizes near what the series does by itself. *Simulated*: ${new Set(simulated.map(({ folder }) => folder)).size} kinds of stream that monitoring meets, drawn by
\`scripts/anomalies/simulated.mjs\` from their public descriptions, some with no anomaly at all. Both are scored by the benchmark's rules at the threshold fitted on the benchmark's
files here: files never seen, at a threshold fitted elsewhere.

In all, 166 variants were compared on injected anomalies while the parts were chosen, and 16 on these files of the benchmark; three choices were made with the latter in view (spacing of 8 %
rather than 3, the time of day as a part, a count of 6 rather than 8). Then 29 more were compared on all three sets at once, of which one was taken: the tail above, in place of
Weissman's tail with Hill's estimate of its index (injected 60.1 → 61.9 at 0.5, simulated 70.6 → 78.2, these files 72.4 → 75.6). Hill's estimate takes a daily job, of which four or six stand above a quiet rest,
for a wonder each day anew; a count does not. Of the others, noted while choosing, at 0.5 and against the tail taken (injected, simulated, these files): the index 0.25 (+0.2, −4.3, +0.4), 0.5 (−4.8,
+3.6, −2.9); a sum of every peak's tail in place of their maximum (−10 to −2, +0 to +4, −4 to −2); alarms at a count of 5 (−6.2, +4.7, −2.3) or 8 (−1.2, −9.2, −4.9); peaks that fade half or a third as fast (−5, +2.4, −2.6);
the nearer of forecast and usual value as what an error is measured from (−0.4 to −2, −2.3, +0.3 to +1.2).

The skeleton is older: comparing with the largest past events, grouped within 12 rows and fading by 1e-4 a row, alarms spaced, a profile of 48 half-hours come from an earlier study of these same files (some
2,700 variants), so no score on them is blind. A folder that is left out is left out of the choice of the threshold, not of these choices. The ablation below was run afterwards and nothing was chosen by it.

### Ablation

${table(
  ['variant', 'injected', 'simulated', 'NAB, best threshold', 'NAB, at 0.5', 'NAB, one folder left out'],
  results.map(({ name, onInjected, onSimulated, onNab }) => [
    name,
    one(onInjected),
    one(onSimulated),
    one(onNab.whole),
    one(onNab.atHalf),
    one(onNab.leftOut),
  ]),
)}

"Injected" and "simulated" are at the threshold that is best on NAB. Injected anomalies found, by kind:

${table(
  ['kind', 'found'],
  Object.entries(kinds).map(([kind, { found, all: of }]) => [kind, `${found} of ${of}`]),
)}

Simulated streams, ${simulated.length / new Set(simulated.map(({ folder }) => folder)).size} of each kind, at the same threshold:

${table(
  ['kind', 'found', 'false rows', 'score, of at most'],
  simulatedKinds.map(([kind, { hits, falseRows, score, windows }]) => [
    kind,
    windows ? `${hits} of ${windows}` : '',
    falseRows,
    `${score.toFixed(2)} of ${windows}`,
  ]),
)}

A stuck sensor is what it misses most; with the part \`calm\` it finds more of them, at more false alarms elsewhere: off by default. Whatever comes at the same hour of every day is an alarm for the first days
and then no more, as six of its size are then known.

### What did not help (injected series, points, noted while choosing, with the older tail)

The least of the parts' counts in place of the harmonic mean (−2 to −3); their geometric mean (0 to −7) and Fisher's sum (−1 to −5); more parts: means over 3, 6 and 12 errors, shapes of
values or of changes beside those of errors (−1 to 0); shapes of 12 or 16 rows (−1 to 0), 32 or 128 of them (0 to +0.5); 16 events in place of 8 (+0.5 to −3), 4 (−2); no fading of old events (−2.5), twice as much (−2); no prior on the tail's
index (−1); events of 6 or 24 rows (±0.5); alarms at a count of 4 (−2.5) or 12 (−7 at 0.5); spacing of 3 % (−1), 12 % (−1), 20 % (−3); the day's lags among the eight (−0.5).

### Cost

${bareCost.toFixed(1)} µs a row over the forecast: score and interval; ${cost.toFixed(1)} µs with the forecaster (one run, one thread, the processor's time, other work beside it). Memory is constant: some 900 numbers beside the forecaster's.

## Intervals

Conformal intervals around what \`forecast\` (without networks, all of 1 … 24 rows ahead) says: taxi, ETTh2 (all seven channels, up to row 6,800: the
sensor that is stuck from row 6,840 on is forecast exactly, so any interval covers it) and PM2.5 with four weather channels. After 1,000 rows, the furthest that the coverage is from 1 − alpha over any 1,000 values in a row and over any 10,000
(all, where there are fewer), and the mean interval (Winkler) score against \`aci\`'s, geometric mean over the series; less is better.

${table(['rows ahead', 'alpha', 'method', 'over any 1,000, worst series', 'series within 2.5 %', 'over any 10,000', 'interval score'], intervals)}

\`log\` is the default, with \`gamma\` 0.14 + 0.06 · rows ahead, at most 1.6. An error h rows ahead is known h rows late, and by then h more forecasts are out whose misses are as good as made. It counts them in, by what the newest
forecasts of the same rows say of them, before it widens or narrows; and since one surprise would miss all that are out at one level, it gives them levels that differ. Each series by itself with \`log\`, furthest over any 1,000, alpha 0.1:

${table(['series', ...HORIZONS.map((h) => `${h} ahead`)], each)}

The rule was chosen on these series, the constants after some 450 variants (the result is flat about those taken). The ${others.length} monitoring series of 4,000 rows and more in \`data/nab\` had no part in it; and 48 rows ahead, where one run of misses is 4.3 of the 2.5 points
that 1,000 rows allow, no rule that was tried held all series:

${table(['series', 'rows ahead', 'over any 1,000, worst series', 'series within 2.5 %', 'over any 10,000', 'interval score'], elsewhereRows)}

Holding the coverage over so few rows costs width, the more so the further ahead: after a surprise 24 rows ahead the bands must hardly miss for 200 rows. Who would rather have narrow bands, and the coverage over
10,000 rows alone, sets \`gamma\`. What it buys, and at what width (\`log\`, alpha 0.1; the default is 0.86 and 1.58 here):

${table(['rows ahead', 'gamma', 'over any 1,000, worst series', 'series within 2.5 %', 'over any 10,000', 'interval score'], gammas)}

Did not help: scores divided by a size that is foretold from the newest errors, the level and the season (up to 6 % better on some series, worse on more); a wider hand only when the last 1,000 rows have no room left (coverage lost, 3 % of width won); windows of 500 or
4,000 scores; another γ below α than above; ranks among the newest 24 errors in place of the newest forecasts (+25 % of the error of what is still out).

Beside them, on the same values, the intervals that a network learns by itself (\`outputIntervals\` of an LSTM of 16 that is taught the changes online, from its first row on):

${table(['rows ahead', 'alpha', 'loss', 'over any 1,000, worst series', 'series within 2.5 %', 'over any 10,000', 'interval score'], learned)}

Their width follows the state, so they cost less, but nothing holds their coverage, which on the worst series is off by more than a tenth over 1,000 rows: where that counts, take the conformal ones.

## Drift

${STREAMS} streams of each kind; after ${BEFORE} rows comes a change, at once or over ${OVER} rows, and ${AFTER} rows are left to find it. A cell is eddy's / River's, and the mean difference on the same streams ± its 95 %
interval. Delay is the restricted mean: a stream in which the change is not found counts with all ${AFTER} rows, as a median of the found ones would favour whoever finds only the easy ones. False alarms are those
before the change, per 10,000 rows. A difference is called better or worse from 3.5 standard errors on, for so many are compared that one in twenty would pass for one at 95 %.

${table(['stream', 'change', 'detector', 'found, %', 'delay, rows', 'false alarms', 'eddy against River'], drift.rows)}

Of these comparisons: ${comparisons.join(', ')}.

"River" is River 0.26, its rules written anew from its source (\`scripts/anomalies/riverDrift.mjs\`); they alarm at the very rows which its documentation and tests print, KSWIN with Python's own draws
(\`test/operators/detectDrift.river.test.ts\`). What is behind the differences:

- ADWIN: eddy has the paper's bound; River takes 4 rows off either side of a cut, which makes its bound a little higher. So eddy is earlier, and with a delta of a hundred times the default it also gives more false alarms, of the
  2,000 per 10,000 rows that such a delta allows. After an alarm River forgets all, eddy what lies before the cut that stands out most: a sudden change is one alarm, a gradual one may be told again as it goes on.
- Page–Hinkley: the same rule, and the same rows on any stream (a property in the same test).
- KSWIN: the same rule, and given the same draws the same rows on any stream (the same test). Here each draws for itself, and all differences come from that. Neither corrects for equal values, so 0.005, River's default, is strict for
  errors of 0 and 1, and for other numbers so lax that eddy's default is 0.0001. Keeping the newest values after a change, as the paper does, changed none of these measures (200 streams, noted while choosing).
`;

const [standard, lowFp, lowFn] = profiles;
const oneStep = intervals.find(([horizon, alpha, method]) => horizon === 1 && alpha === 0.1 && method === 'log');
const daily = intervals.find(([horizon, , method]) => horizon === 24 && method === 'log');
const section = `
## Anomalies, intervals, drift

By \`npm run accuracy:anomalies\`; results, ablation and what did not help are in [anomalies.md](anomalies.md). Numenta benchmark, ${nab.length} files, ${base.onNab.windows} windows, one configuration, best threshold: standard
profile ${one(standard.whole)} (${one(standard.leftOut)} with each folder scored at the threshold of the others), reward low FP ${one(lowFp.whole)}, reward low FN ${one(lowFn.whole)}; choices were made on these files too, so expect less on others.
Intervals at alpha 0.1, furthest coverage over any 1,000 rows: ${oneStep[3]} one row ahead (${oneStep[4]} series within 2.5 %), ${daily[3]} 24 rows ahead (${daily[4]}). Score and interval cost ${bareCost.toFixed(1)} µs a row over the forecast.
`;
const docs = (name) => new URL(`../../docs/${name}`, import.meta.url);
const heading = '\n## Anomalies, intervals, drift\n';
writeFileSync(docs('anomalies.md'), page);
writeFileSync(docs('accuracy.md'), readFileSync(docs('accuracy.md'), 'utf8').split(heading)[0] + section);
note('docs/anomalies.md, and the section on it in docs/accuracy.md');
