import { Adwin } from '../../dist/src/online/drift/adwin.js';
import { Kswin } from '../../dist/src/online/drift/kswin.js';
import { PageHinkley } from '../../dist/src/online/drift/pageHinkley.js';
import { openRandom } from '../../dist/src/random.js';
import { RiverAdwin, RiverKswin, RiverPageHinkley } from './riverDrift.mjs';

const BEFORE = 1000;
const AFTER = 1500;
/** Noise alone is called better or worse in one of 20 reports: 3.4 standard errors, as there are 72 comparisons (Bonferroni). */
const CLEAR = 3.4;

/** eddy's and River's, each from a seed of its draws. */
const DETECTORS = {
  ADWIN: [() => new Adwin(), () => new RiverAdwin()],
  'Page–Hinkley': [() => new PageHinkley(), () => new RiverPageHinkley()],
  'KSWIN, alpha 0.005': [(seed) => new Kswin({ alpha: 0.005, seed }), (seed) => new RiverKswin({ alpha: 0.005, seed })],
  'KSWIN, alpha 0.0001': [
    (seed) => new Kswin({ alpha: 0.0001, seed }),
    (seed) => new RiverKswin({ alpha: 0.0001, seed }),
  ],
};
/** What comes when a share of the change has. */
const KINDS = {
  'errors, rate 0.2 → 0.5': (random, share) => (random.uniform() < 0.2 + 0.3 * share ? 1 : 0),
  'normal, one deviation up': (random, share) => 0.5 + 0.1 * random.normal() + 0.1 * share,
  'normal, deviation doubled': (random, share) => 0.5 + 0.1 * (1 + share) * random.normal(),
};

/** Of each detector on the same streams: found, delay (all rows left where not found), false alarms per 10,000 rows; and by how much eddy's differ. */
export function driftRows({ streams = 1000, first = 1 } = {}) {
  const settings = Object.entries(KINDS).flatMap(([kind, draw]) => [0, 1000].map((over) => ({ kind, draw, over })));
  return settings.flatMap(({ kind, draw, over }, setting) =>
    Object.entries(DETECTORS).map(([name, pair]) => {
      const runs = Array.from({ length: streams }, (_, i) => {
        const seed = first + setting * streams + i;
        const stream = drawStream(openRandom(seed), draw, over);
        // Seeds of their own: a stream and the draws on it must not be the same numbers.
        return pair.map((open, side) => watch(open(1e9 * (side + 1) + seed), stream));
      });
      return { kind, over, name, ...compare(runs) };
    }),
  );
}

function drawStream(random, draw, over) {
  return Float64Array.from({ length: BEFORE + AFTER }, (_, t) =>
    draw(random, over === 0 ? Number(t >= BEFORE) : Math.max(0, Math.min(1, (t - BEFORE) / over))),
  );
}

function watch(detector, stream) {
  let before = 0;
  for (let t = 0; t < stream.length; t++) {
    if (!detector.step(stream[t])) continue;
    if (t >= BEFORE) return { found: 100, delay: t - BEFORE, falseAlarms: (1e4 * before) / BEFORE };
    before++;
  }
  return { found: 0, delay: AFTER, falseAlarms: (1e4 * before) / BEFORE };
}

const compare = (runs) =>
  Object.fromEntries(
    ['found', 'delay', 'falseAlarms'].map((measure) => {
      const [eddy, river] = [0, 1].map((side) => mean(runs.map((run) => run[side][measure])));
      const differences = runs.map(([own, peer]) => own[measure] - peer[measure]);
      const difference = mean(differences);
      const spread = mean(differences.map((d) => (d - difference) ** 2));
      return [measure, { eddy, river, difference, error: Math.sqrt(spread / (runs.length - 1)) }];
    }),
  );
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
