import { EddyError } from '../core/errors.js';
import { isRecord } from '../core/snapshot.js';
import type { Snapshot, SnapshotValue } from '../core/stage.js';

/** What updates may cost. */
export interface UpdateBudget {
  /** Microseconds of update time, above 0. */
  readonly micros: number;
  /** What earns them: each sample, or each second of the clock. */
  readonly per: 'sample' | 'second';
  /** A clock in milliseconds: eddy itself asks for no time. */
  readonly now: () => number;
}

/** Which of the updates that TBPTT asks for are made. */
export interface UpdateThrottleOptions {
  /** Every n-th update only, a whole number ≥ 1. Default 1: all of them. */
  readonly updateEvery?: number;
  /**
   * Updates are made only while they keep within it: one that took 300 µs at 10 µs a sample is followed by none for 30 samples. What is not
   * used is not saved up, so all updates together take at most the budget and one update more. What is learned then depends on the clock.
   */
  readonly budget?: UpdateBudget;
}

/** @throws EddyError `invalid-option` on a pace that nothing can keep. */
export function checkUpdateThrottle(where: string, { updateEvery, budget }: UpdateThrottleOptions): void {
  const wrong = (rule: string, got: unknown, remedy: string) =>
    new EddyError('invalid-option', `${where}: ${rule}, got ${String(got)}; ${remedy}`);
  if (updateEvery !== undefined && !(Number.isSafeInteger(updateEvery) && updateEvery >= 1))
    throw wrong('updateEvery must be a whole number ≥ 1', updateEvery, 'leave it out to make every update');
  if (budget === undefined) return;
  const { micros, per, now } = budget;
  if (!(micros > 0 && micros < Number.POSITIVE_INFINITY))
    throw wrong('budget.micros must be a number above 0', micros, 'freeze the learner for no updates at all');
  if (per !== 'sample' && per !== 'second')
    throw wrong("budget.per must be 'sample' or 'second'", per, 'e.g. { micros: 50, per: "sample", now }');
  if (typeof now !== 'function')
    throw wrong('budget.now must be a clock in milliseconds', now, 'e.g. () => performance.now()');
}

/** Decides, for each update that TBPTT asks for, whether it is made. */
export class UpdateThrottle {
  /** While true no update is made. */
  frozen = false;
  readonly #every: number;
  readonly #budget: UpdateBudget | undefined;
  /** Updates asked for since the last one that the decimation let through. */
  #since = 0;
  /** Microseconds of updates that have not been earned yet. */
  #debt = 0;
  /** The samples, or the clock's seconds, up to which the budget has been paid in. */
  #paid: number | undefined;

  constructor({ updateEvery = 1, budget }: UpdateThrottleOptions) {
    this.#every = updateEvery;
    this.#budget = budget;
  }

  /** Makes the update that comes after `samples` samples, or leaves it out. @returns whether it was made. */
  attempt(samples: number, update: () => void): boolean {
    if (this.frozen) return false;
    if (this.#since + 1 < this.#every) {
      this.#since++;
      return false;
    }
    const budget = this.#budget;
    if (!budget) {
      update();
      this.#since = 0;
      return true;
    }
    const start = budget.now();
    const at = budget.per === 'sample' ? samples : start / 1000;
    const earned = this.#paid === undefined ? 0 : Math.max(0, at - this.#paid) * budget.micros;
    this.#debt = Math.max(0, this.#debt - earned);
    this.#paid = at;
    if (this.#debt > 0) return false;
    update();
    this.#since = 0;
    this.#debt = Math.max(0, (budget.now() - start) * 1000);
    return true;
  }

  snapshot(): Snapshot {
    const samples = this.#budget?.per === 'sample' ? this.#paid : undefined;
    return { frozen: this.frozen, since: this.#since, debt: this.#debt, paid: samples ?? null };
  }

  /** Goes on from a snapshot, or, where one has no pace, unfrozen and without debt. Another process's clock counts from now on. */
  restore(from: SnapshotValue | undefined): void {
    const { frozen, since, debt, paid } = isRecord(from) ? from : {};
    this.frozen = frozen === true;
    this.#since = typeof since === 'number' ? since : 0;
    this.#debt = typeof debt === 'number' ? debt : 0;
    const { per, now } = this.#budget ?? {};
    if (per === 'second') this.#paid = now ? now() / 1000 : undefined;
    else this.#paid = typeof paid === 'number' ? paid : undefined;
  }
}
