import { clamp } from '../stats/clamp.js';
import type { RunningScales } from '../stats/runningScales.js';

const PRIOR = 1; // what weighs against the first excess of all
const USUAL = 8; // deviations from the mean that a value may lie off
const MOST = 1e8; // keeps squares finite
const FORGETTING = 0.95; // what came of an excess is remembered over some 20 of them

/**
 * How far a channel's value lies outside its usual range, and how much of that has gone 1 … horizon rows later: a spike goes,
 * a new level stays, and one scalar least squares for each horizon learns which of the two this stream has. It speaks only of
 * what it has seen: an excess beyond the largest so far counts as the largest.
 */
export class OutlierReversion {
  /** Per horizon: Σ excess · what went of it, Σ excess², the largest excess that was learned from. */
  readonly state: Float64Array;

  constructor(horizon: number) {
    this.state = new Float64Array(horizon * 3);
  }

  /** What lies beyond the usual range of channel c, in deviations; mostly 0. */
  of(value: number, c: number, levels: RunningScales): number {
    const s = levels.deviation(c);
    if (!(s > 0) || !levels.trusted(c)) return 0;
    const off = (value - levels.mean(c)) / s;
    return clamp(off - clamp(off, USUAL), MOST);
  }

  /** What of an excess is expected to have gone `ahead` rows later. */
  gone(excess: number, ahead: number): number {
    if (excess === 0) return 0;
    const at = (ahead - 1) * 3;
    const share = this.state[at] / (this.state[at + 1] + PRIOR);
    return clamp(excess, this.state[at + 2]) * Math.max(0, Math.min(1, share));
  }

  /** Of `excess`, `gone` had gone after `ahead` rows. */
  learn(ahead: number, excess: number, gone: number): void {
    if (excess === 0) return;
    const at = (ahead - 1) * 3;
    this.state[at] = FORGETTING * this.state[at] + excess * clamp(gone, 2 * MOST);
    this.state[at + 1] = FORGETTING * this.state[at + 1] + excess * excess;
    this.state[at + 2] = Math.max(this.state[at + 2], Math.abs(excess));
  }
}
