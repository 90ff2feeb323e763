import type { ScoredRow } from './history.js';

/** One row of one sensor, as it came off the wire. */
export interface Reading {
  sensor: string;
  /** In milliseconds since the epoch. */
  time: number;
  /** Whether the sensor itself has told the time; when a row arrived says nothing of the seasons. */
  timed: boolean;
  /** One number a channel; NaN: missing. */
  values: Float64Array;
  /** When its frame came, on the server's monotonic clock, in milliseconds. */
  arrived: number;
  /** Told of what this row brought. */
  reply?: (made: Made) => void;
}

/** What a row brought: its number, how it was scored, and the forecast of the next one. */
export interface Made {
  index: number;
  scored: ScoredRow;
  next: Float64Array;
}
