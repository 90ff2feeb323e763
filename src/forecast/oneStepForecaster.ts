import type { Snapshot } from '../core/stage.js';

/** What one-step errors come from: takes a row, learns, and predicts the next one. */
export interface OneStepForecaster {
  /** The forecast of the row after `value` (NaN: missing). `time`: ms since 1970, when known. */
  step(value: number, time?: number): number;
  snapshot?(): Snapshot;
  restore?(from: Snapshot): void;
  dispose?(): void;
}
