import type { Snapshot } from '../core/stage.js';

/** Watches one number a row and reports when what it comes from has changed. */
export interface DriftDetector {
  /** Takes a finite number; true on the row at which a change is found, and what came before it is then forgotten. */
  step(value: number): boolean;
  snapshot(): Snapshot;
  restore(from: Snapshot): void;
}
