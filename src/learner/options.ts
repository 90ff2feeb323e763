import { EddyError } from '../core/errors.js';
import type { Loss } from '../nn/losses/loss.js';
import type { State } from '../nn/model/state.js';
import type { Optimizer } from '../nn/optimizers/optimizer.js';
import { checkUpdateThrottle, type UpdateThrottleOptions } from './updateThrottle.js';

/** How a model learns from a stream. */
export interface LearnerOptions extends UpdateThrottleOptions {
  /** Samples between updates, ≥ 1; Infinity: one update at `reset()`, over the whole sequence. */
  readonly k1: number;
  /** Samples that an update goes back, ≥ 1; Infinity (with k1 Infinity): all of them. */
  readonly k2: number;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  /** The global gradient norm is clipped to this. */
  readonly clipNorm?: number;
  /** Every gradient is clipped to ± this, before the norm. */
  readonly clipValue?: number;
  /** The factor of the optimizer's rate at update k = 1, 2, … Default 1. */
  readonly schedule?: (update: number) => number;
  /** Where the running state starts: it is copied, and has as many rows as the learner then takes. Default zeros, one row. */
  readonly state?: State;
  /** How many samples later a label may come. Default k2, or 0 for full BPTT. */
  readonly maxLag?: number;
  /** Of the dropout masks, a whole number ≥ 0. Default 0. */
  readonly seed?: number;
  /** The longest sequence of full BPTT (k1 and k2 Infinity). */
  readonly maxSteps?: number;
}

/** Checked options: every number in place. */
export interface CheckedOptions extends LearnerOptions {
  readonly maxLag: number;
  /** Samples in the longest window. */
  readonly window: number;
  /** One update at reset, over all of the sequence. */
  readonly full: boolean;
  /** Are layers' dropout masks applied to the windows? */
  readonly training: boolean;
}

/** Fails with `invalid-option` on options that no learner can have. */
export function checkLearnerOptions(where: string, options: LearnerOptions): CheckedOptions {
  const wrong = (rule: string, got: unknown, remedy: string) =>
    new EddyError('invalid-option', `${where}: ${rule}, got ${String(got)}; ${remedy}`);
  const { k1, k2, loss, optimizer, clipNorm, clipValue, maxSteps, schedule } = options;
  const full = k1 === Number.POSITIVE_INFINITY;
  const count = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 1;
  if (!full && !count(k1))
    throw wrong('k1 must be a whole number ≥ 1 or Infinity', k1, 'updates come every k1 samples');
  if (full !== (k2 === Number.POSITIVE_INFINITY)) {
    throw wrong('k1 and k2 must be Infinity together', `k1 ${k1}, k2 ${k2}`, 'full BPTT takes both and maxSteps');
  }
  if (!full && !count(k2)) throw wrong('k2 must be a whole number ≥ 1', k2, 'an update goes k2 samples back');
  if (full && !count(maxSteps))
    throw wrong('full BPTT must have maxSteps ≥ 1', maxSteps, 'the tape holds that many samples');
  if (typeof loss?.kind !== 'number') throw wrong('loss must be one of the losses', loss, 'e.g. mse');
  if (typeof optimizer?.kind !== 'number')
    throw wrong('optimizer must be one of the optimizers', optimizer, 'e.g. adam(1e-3)');
  for (const [name, value] of Object.entries({ clipNorm, clipValue })) {
    if (value !== undefined && !(value > 0 && value < Number.POSITIVE_INFINITY)) {
      throw wrong(`${name} must be a number above 0`, value, 'leave it out for no clipping');
    }
  }
  if (schedule !== undefined && typeof schedule !== 'function') {
    throw wrong('schedule must be a function of the update’s number', schedule, 'e.g. (k) => 1 / Math.sqrt(k)');
  }
  checkUpdateThrottle(where, options);
  const window = full ? Number(maxSteps) : k2;
  const maxLag = options.maxLag ?? (full ? 0 : k2);
  if (!Number.isSafeInteger(maxLag) || maxLag < 0) {
    throw wrong('maxLag must be a whole number ≥ 0', maxLag, 'it bounds how late a label may come');
  }
  return { ...options, maxLag, window, full, training: true };
}
