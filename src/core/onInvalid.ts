import { EddyError } from './errors.js';
import { readSample } from './sample.js';
import { isRecord } from './snapshot.js';
import type { Snapshot, SnapshotValue } from './stage.js';
import type { Telemetry } from './telemetry.js';

/**
 * What a bad sample does: `error` (default) fails the stream, `skip` drops it, `hold` takes the last good sample again
 * (and skips while there is none yet).
 */
export type OnInvalid = 'error' | 'skip' | 'hold';

/** What became of a sample: read as it came, replaced by the last good one, or to be left out. */
export type Reading = 'good' | 'held' | 'skipped';

/** Checks the option when an operator is called. @throws EddyError `invalid-option` on an unknown policy. */
export function checkOnInvalid(policy: unknown, where: string): asserts policy is OnInvalid {
  if (policy !== 'error' && policy !== 'skip' && policy !== 'hold') {
    throw new EddyError(
      'invalid-option',
      `${where}: onInvalid must be 'error', 'skip' or 'hold', got ${String(policy)}; leave it out for 'error'`,
    );
  }
}

/**
 * `readSample` under an `onInvalid` policy: what a stage reads its samples with. It numbers them 1, 2, … (bad ones too),
 * counts what it skipped and held, and keeps its own copy of the last good sample, so a source may reuse its arrays.
 *
 *     const reader = new SampleReader('predict', 4, 'hold');
 *     step(sample, emit) {
 *       if (reader.read(sample, input, 0) === 'skipped') return;
 *       …
 */
export class SampleReader {
  /** Samples that came, good and bad. */
  index = 0;
  skipped = 0;
  held = 0;
  readonly #where: string;
  readonly #width: number;
  readonly #policy: OnInvalid;
  readonly #telemetry: Telemetry | undefined;
  readonly #last: Float64Array;
  #any = false;

  constructor(where: string, width: number, policy: OnInvalid = 'error', telemetry?: Telemetry) {
    checkOnInvalid(policy, where);
    this.#where = where;
    this.#width = width;
    this.#policy = policy;
    this.#telemetry = telemetry;
    this.#last = new Float64Array(policy === 'hold' ? width : 0);
  }

  /**
   * Writes the sample into `target` at `offset`, or, after a bad one under `hold`, the last good sample.
   * @throws EddyError `invalid-sample` under `error`; nothing has been written or counted then.
   */
  read(sample: unknown, target: Float32Array | Float64Array, offset: number): Reading {
    try {
      readSample(sample, this.#width, target, offset, this.#where, this.index + 1);
    } catch (error) {
      if (this.#policy === 'error') throw error;
      if (!(error instanceof EddyError && error.code === 'invalid-sample')) throw error;
      this.index++;
      return this.#miss(target, offset);
    }
    this.index++;
    if (this.#policy === 'hold') {
      this.#any = true;
      for (let i = 0; i < this.#width; i++) this.#last[i] = target[offset + i] ?? 0;
    }
    return 'good';
  }

  /** Does what belongs to the newest sample; where it throws, the sample has not come. */
  undoing<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      this.index--;
      throw error;
    }
  }

  #miss(target: Float32Array | Float64Array, offset: number): Reading {
    if (!this.#any) {
      this.skipped++;
      this.#telemetry?.add('skipped', 1);
      return 'skipped';
    }
    this.held++;
    this.#telemetry?.add('held', 1);
    target.set(this.#last, offset);
    return 'held';
  }

  snapshot(): Snapshot {
    const { index, skipped, held } = this;
    return { index, skipped, held, last: this.#any ? this.#last.slice() : null };
  }

  /** @throws EddyError `invalid-state` when the record is not one that `snapshot` made for this width and policy. */
  restore(from: SnapshotValue | undefined): void {
    const { index, skipped, held, last } = isRecord(from) ? from : {};
    if (typeof index !== 'number' || typeof skipped !== 'number' || typeof held !== 'number') {
      throw this.#foreign('three counts');
    }
    if (last !== null && !(last instanceof Float64Array && last.length === this.#last.length)) {
      throw this.#foreign(`null or ${this.#last.length} held numbers`);
    }
    this.index = index;
    this.skipped = skipped;
    this.held = held;
    this.#any = last !== null;
    if (last !== null) this.#last.set(last);
  }

  #foreign(expected: string): EddyError {
    return new EddyError(
      'invalid-state',
      `${this.#where}: a reader's snapshot must have ${expected}; restore what snapshot() gave, into the same options`,
    );
  }
}
