import type { Snapshot } from '../core/stage.js';

/**
 * What can be unusual in a row: its own forecast error; the mean size of the last 12 errors (a noisier, or for once
 * badly forecast stretch); how unlike any earlier stretch the last 8 errors are; the mean distance of the last 6 and of the last 24
 * rows from what is usual at their time of day; how long the series has hardly moved; the value's distance from the running mean.
 */
export type Part = 'error' | 'spread' | 'shape' | 'season' | 'flatline' | 'range';

export interface AnomalyScore {
  /** In [0, 1]; ≥ 0.5 is an alarm, and its score one of 1/2, 2/3, 4/5, 8/9 …: a count up to 6, 3, 1.5, 0.75 … */
  readonly score: number;
  readonly alarm: boolean;
  /** The part that is most unusual. */
  readonly cause: Part;
  /** How many events so rare a history as long as this one would hold by chance. */
  readonly expected: number;
  /** Rows that were missing before this one, as `miss` or the times tell. */
  readonly missing: number;
  /** Every part's own score. */
  readonly parts: Readonly<Partial<Record<Part, number>>>;
}

/** Judges values by their forecasts. */
export interface AnomalyScorer {
  /** A finite value, the forecast that was made for it, its time in ms since 1970 when known. Judges, then learns. */
  step(value: number, forecast: number, time?: number): AnomalyScore;
  /** A row is missing: no anomaly in itself, but the next error may be larger. */
  miss(time?: number): void;
  snapshot(): Snapshot;
  restore(from: Snapshot): void;
}
