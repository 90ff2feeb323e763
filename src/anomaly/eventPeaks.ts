/** How many events a tail remembers. */
export const PEAKS = 8;
/** Where `expected` ends: an everyday value. */
export const EVERYDAY = 20 * PEAKS;
/** Rows: values this close belong to one event. */
export const EVENT = 12;

const FADE = 1e-4; // a row: what was seen 10,000 rows ago counts 1/e
const BURN_IN = 50;
const RAREST = 1e-300; // its inverse is still a number
/** After a history of nothing but zeros the first value above zero is this rare. */
const FIRST = PEAKS * 1.2e-4;

/**
 * The upper tail of a non-negative stream, from its eight largest events alone (an event: the largest value within 12
 * rows). `expected(v)` is how many events at least as large as v a history like the one so far would hold: a p-value times
 * the number of events seen, by which a record tells more from less, whatever the distribution:
 *
 *     expected(v) = max over j of  j min(1, (m_j / v)³),   m_1 ≥ … ≥ m_k the peaks
 *
 * What has been seen j times is expected j times, however large; beyond what has been seen it is a power law of index 3 from each
 * peak (Weissman 1978, JASA 73:812), the cube being that of many natural and social records (Gabaix et al. 2003, Nature 423:267). An
 * index estimated from the peaks themselves (Hill 1975) takes a daily event, four or six of them above a quiet rest, for a lasting wonder.
 *
 * Were nothing forgotten, a stationary stream would set a record of rank k about k · ln(t/t₀) times between rows t₀ and t, whatever
 * its distribution. Peaks fade over some 10,000 rows, so that one bad day does not silence a detector for ever.
 */
export class EventPeaks {
  readonly peaks = new Float64Array(PEAKS);
  /** rows, rows since the running event's peak, the running event's place among the peaks or −1 */
  readonly state = Float64Array.of(0, 0, -1);
  readonly arrays: readonly Float64Array[] = [this.peaks, this.state];

  /** In (0, EVERYDAY]: small is rare. Asks, learns nothing. */
  expected(value: number): number {
    const { peaks } = this;
    let k = PEAKS;
    while (k > 0 && peaks[k - 1] <= 0) k--;
    if (!(value > 0)) return EVERYDAY;
    if (k === 0) return this.state[0] > BURN_IN ? FIRST : EVERYDAY;
    if (value <= peaks[k - 1]) return Math.min(k * cube(peaks[k - 1] / value), EVERYDAY);
    let expected = 0;
    for (let j = 1; j <= k; j++) {
      const peak = peaks[j - 1];
      expected = Math.max(expected, peak >= value ? j : j * cube(peak / value));
    }
    return Math.max(expected, RAREST);
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

const cube = (ratio: number) => ratio * ratio * ratio;
