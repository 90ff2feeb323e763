import { createRandom } from '../../dist/src/core/random.js';
import { Adwin } from '../../dist/src/drift/adwin.js';
import { Kswin } from '../../dist/src/drift/kswin.js';
import { PageHinkley } from '../../dist/src/drift/pageHinkley.js';
import { RiverAdwin, RiverKswin, RiverPageHinkley } from './riverDrift.mjs';

export const STREAMS = 1000;
export const BEFORE = 1000;
export const AFTER = 1500;
export const OVER = 1000;

/** Of each detector eddy's and River's, made from a seed of its draws. */
const DETECTORS = {
  ADWIN: [() => new Adwin(), () => new RiverAdwin()],
  'ADWIN, delta 0.2': [() => new Adwin({ delta: 0.2 }), () => new RiverAdwin({ delta: 0.2 })],
  'Page–Hinkley': [() => new PageHinkley(), () => new RiverPageHinkley()],
  ...Object.fromEntries(
    [0.005, 0.0001].map((alpha) => [
      `KSWIN, alpha ${alpha}`,
      [(seed) => new Kswin({ alpha, seed }), (seed) => new RiverKswin({ alpha, seed })],
    ]),
  ),
};
/** What comes when a share of the change has. */
const KINDS = {
  'errors, rate 0.2 → 0.5': (random, share) => (random.uniform() < 0.2 + 0.3 * share ? 1 : 0),
  'normal, one deviation up': (random, share) => 0.5 + 0.1 * random.normal() + 0.1 * share,
  'normal, deviation doubled': (random, share) => 0.5 + 0.1 * (1 + share) * random.normal(),
};
/** Their decimals, and what to call it when eddy's is clearly the lower or the higher. */
const MEASURES = {
  found: { decimals: 1, lower: 'worse: finds fewer', higher: 'better: finds more' },
  delay: { decimals: 1, lower: 'better: earlier', higher: 'worse: later' },
  falseAlarms: { decimals: 2, lower: 'better: fewer false alarms', higher: 'worse: more false alarms' },
};
/** Standard errors beyond which a difference is no noise: in a report of 90 comparisons noise alone goes so far once in 20 reports (Bonferroni). */
const CLEAR = 3.5;

/** Rows of the table, and how many of their comparisons are equal on every stream, within noise, better, worse. */
export function compareWithRiver({ streams = STREAMS, firstSeed = 1 } = {}) {
  const counts = { equal: 0, 'within noise': 0, better: 0, worse: 0 };
  const settings = Object.entries(KINDS).flatMap(([kind, draw]) => [0, OVER].map((over) => ({ kind, draw, over })));
  const rows = settings.flatMap(({ kind, draw, over }, setting) => {
    const runs = Array.from({ length: streams }, (_, i) => runAll(firstSeed + setting * streams + i, draw, over));
    return Object.keys(DETECTORS).map((name, d) => {
      const results = Object.keys(MEASURES).map((measure) => compare(runs, d, measure));
      for (const { verdict } of results) counts[verdict.split(':')[0]]++;
      const verdicts = new Set(results.map(({ verdict }) => verdict));
      const clear = [...verdicts].filter((verdict) => verdict.includes(':'));
      const overall = clear.length > 0 ? clear.join(', ') : verdicts.has('within noise') ? 'within noise' : 'equal';
      return [kind, over === 0 ? 'at once' : `${over} rows`, name, ...results.map(({ cell }) => cell), overall];
    });
  });
  return { rows, counts };
}

/** Every pair of detectors on one stream; with seeds of their own, neither the stream's nor the peer's. */
function runAll(seed, draw, over) {
  const stream = drawStream(createRandom(seed), draw, over);
  return Object.values(DETECTORS).map((pair) => pair.map((open, side) => watch(open(1e9 * (side + 1) + seed), stream)));
}

function drawStream(random, draw, over) {
  return Float64Array.from({ length: BEFORE + AFTER }, (_, t) =>
    draw(random, over === 0 ? Number(t >= BEFORE) : Math.max(0, Math.min(1, (t - BEFORE) / over))),
  );
}

/** Found: in percent, of one stream. Delay: all rows that are left, where it is not found. */
function watch(detector, stream) {
  let before = 0;
  for (let t = 0; t < stream.length; t++) {
    if (!detector.step(stream[t])) continue;
    if (t >= BEFORE) return { found: 100, delay: t - BEFORE, falseAlarms: (1e4 * before) / BEFORE };
    before++;
  }
  return { found: 0, delay: AFTER, falseAlarms: (1e4 * before) / BEFORE };
}

function compare(runs, detector, measure) {
  const { decimals, lower, higher } = MEASURES[measure];
  const [own, peer] = [0, 1].map((side) => runs.map((run) => run[detector][side][measure]));
  const [eddy, river] = [own, peer].map((values) => mean(values).toFixed(decimals));
  const differences = own.map((value, i) => value - peer[i]);
  if (differences.every((d) => d === 0)) return { cell: `${eddy}, equal`, verdict: 'equal' };
  const difference = mean(differences);
  const error = Math.sqrt(mean(differences.map((d) => (d - difference) ** 2)) / (runs.length - 1));
  const sign = difference < 0 ? '−' : '+';
  const apart = `${sign}${Math.abs(difference).toFixed(decimals)} ± ${(1.96 * error).toFixed(decimals)}`;
  const clear = difference < 0 ? lower : higher;
  return {
    cell: `${eddy} / ${river}, ${apart}`,
    verdict: Math.abs(difference) > CLEAR * error ? clear : 'within noise',
  };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
