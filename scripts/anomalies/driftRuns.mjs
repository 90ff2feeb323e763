import { Adwin } from '../../dist/src/online/drift/adwin.js';
import { Kswin } from '../../dist/src/online/drift/kswin.js';
import { PageHinkley } from '../../dist/src/online/drift/pageHinkley.js';
import { openRandom } from '../../dist/src/random.js';
import { RiverAdwin, RiverKswin } from './riverDrift.mjs';

const STREAMS = 50;
const CHANGE = 2000;
const ROWS = 6000;

const DETECTORS = {
  ADWIN: () => new Adwin(),
  'ADWIN, River’s rules': () => new RiverAdwin(),
  'Page–Hinkley': () => new PageHinkley(),
  'KSWIN (alpha 0.005)': (seed) => new Kswin({ alpha: 0.005, seed }),
  'KSWIN (alpha 0.005), River’s rules': (seed) => new RiverKswin({ seed }),
};
/** What comes when a share of the change has. */
const KINDS = {
  'errors, rate 0.2 → 0.5': (random, share) => (random.uniform() < 0.2 + 0.3 * share ? 1 : 0),
  'normal, one deviation up': (random, share) => 0.5 + 0.1 * random.normal() + 0.1 * share,
};

/** Delay, found, alarms before the change, alarms after it, for each kind, detector and length of the change. */
export function driftRows() {
  return Object.entries(KINDS).flatMap(([kind, draw]) =>
    [0, 1000].flatMap((over) =>
      Object.entries(DETECTORS).map(([name, open]) => {
        const found = [];
        let before = 0;
        let after = 0;
        for (let seed = 1; seed <= STREAMS; seed++) {
          const random = openRandom(seed);
          const detector = open(seed);
          let first;
          for (let t = 0; t < ROWS; t++) {
            const share = over === 0 ? Number(t >= CHANGE) : Math.max(0, Math.min(1, (t - CHANGE) / over));
            if (!detector.step(draw(random, share))) continue;
            if (t < CHANGE) before++;
            else after++;
            if (t >= CHANGE) first ??= t - CHANGE;
          }
          if (first !== undefined) found.push(first);
        }
        const median = found.sort((a, b) => a - b)[found.length >> 1] ?? '–';
        return [
          kind,
          over === 0 ? 'at once' : `${over} rows`,
          name,
          median,
          `${found.length} of ${STREAMS}`,
          before,
          after,
        ];
      }),
    ),
  );
}
