import { log, pow } from '../../math.js';

/** How many events a tail remembers. */
export const PEAKS = 8;
/** Where `expected` ends: an everyday value. */
export const EVERYDAY = 20 * PEAKS;

const EVENT = 12; // rows: values this close belong to one event
const FADE = 1e-4; // a row: what was seen 10,000 rows ago counts 1/e
const BURN_IN = 50;
const RAREST = 1e-300; // its inverse is still a number
/** What is believed of a tail's index before it is seen, and with how many events' weight. */
const PRIOR_INDEX = 0.35;
const PRIOR_WEIGHT = 4;
/** After a history of nothing but zeros the first value above zero is this rare. */
const FIRST = PEAKS * 1.2e-4;

/**
 * The upper tail of a non-negative stream, from its eight largest events alone (an event: the largest value within 12
 * rows). `expected(v)` is how many events at least as large as v a history like the one so far would hold: a p-value times
 * the number of events seen, by which a record tells more from less, whatever the distribution. It is Weissman's tail
 * (1978, JASA 73:812) with Hill's index γ (1975, Ann. Stat. 3:1163), shrunk to a prior as eight events say little:
 *
 *     expected(v) = k (v / m_k)^(−1/γ),   m_1 ≥ … ≥ m_k the peaks
 *
 * Were nothing forgotten, a stationary stream would set a record of rank k about k · ln(t/t₀) times between rows t₀ and t, whatever
 * its distribution. Peaks fade over some 10,000 rows, so that one bad day does not silence a detector for ever.
 */
export class EventPeaks {
  readonly peaks = new Float64Array(PEAKS);
  /** rows, rows since the running event's peak, the running event's place among the peaks or −1 */
  readonly state = Float64Array.of(0, 0, -1);

  /** In (0, EVERYDAY]: small is rare. Asks, learns nothing. */
  expected(value: number): number {
    const { peaks } = this;
    let k = PEAKS;
    while (k > 0 && peaks[k - 1] <= 0) k--;
    if (!(value > 0)) return EVERYDAY;
    if (k === 0) return this.state[0] > BURN_IN ? FIRST : EVERYDAY;
    const least = peaks[k - 1];
    let sum = PRIOR_INDEX * PRIOR_WEIGHT;
    for (let i = 0; i < k - 1; i++) sum += log(peaks[i] / least);
    const index = sum / (PRIOR_WEIGHT + k - 1);
    const expected = k * pow(value / least, -1 / index);
    return expected < EVERYDAY ? Math.max(expected, RAREST) : EVERYDAY;
  }

  learn(value: number): void {
    const { peaks, state } = this;
    state[0]++;
    state[1]++;
    const fade = 1 - Math.min(FADE, 0.5 / (state[0] + 1));
    for (let i = 0; i < PEAKS; i++) peaks[i] *= fade;
    const running = state[2];
    if (running >= 0 && state[1] <= EVENT) {
      if (value > peaks[running]) this.#rise(running, value);
    } else if (value > peaks[PEAKS - 1]) this.#rise(PEAKS - 1, value);
    else state[2] = -1;
  }

  #rise(from: number, value: number): void {
    const { peaks, state } = this;
    let at = from;
    for (; at > 0 && peaks[at - 1] < value; at--) peaks[at] = peaks[at - 1];
    peaks[at] = value;
    state[1] = 0;
    state[2] = at;
  }
}
