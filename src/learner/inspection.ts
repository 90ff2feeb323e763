import type { Loss } from '../nn/losses/loss.js';
import type { Model } from '../nn/model/model.js';
import { type GateRecord, readGates } from './gates.js';
import { gradientNorms } from './lags/index.js';
import type { Tape } from './tape.js';
import type { Timeline } from './timeline.js';

/** What is looked at inside a learner, and changed by nothing here. */
export interface Inspected {
  readonly model: Model;
  readonly tape: Tape;
  readonly time: Timeline;
  readonly rows: number;
  /** Numbers in one row's target. */
  readonly width: number;
  readonly loss: Loss;
  /** Samples in the longest window. */
  readonly window: number;
}

/** See `Learner.gradientNormByLag`. */
export function normsByLag(of: Inspected): Float64Array {
  const norms = normsOf(of);
  const steps = norms[0]?.length ?? 0;
  return Float64Array.from({ length: steps }, (_, k) => length(norms.map((layer) => layer[steps - 1 - k])));
}

/** See `Learner.gradientNormByLayer`. */
export const normsByLayer = (of: Inspected): Float64Array => Float64Array.from(normsOf(of), length);

/** See `Learner.gates`. */
export function gatesOfNewest({ model, tape, time, rows }: Inspected): GateRecord {
  return time.newest > 0 ? readGates(model, tape, time.newest - time.first, rows) : {};
}

/** For each layer and sample of the newest window. */
function normsOf({ model, tape, time, rows, width, loss, window }: Inspected): Float64Array[] {
  const steps = Math.min(window, time.newestLabel);
  if (steps === 0) return [];
  const slot = time.newestLabel - steps + 1 - time.first;
  return gradientNorms(model, tape, { slot, steps, rows, width }, loss.ofWindow) ?? [];
}

const length = (v: ArrayLike<number>): number => Math.sqrt(Array.from(v).reduce((sum, x) => sum + x * x, 0));
