import { EddyError } from '../core/errors.js';
import { isList, isRecord } from '../core/snapshot.js';
import type { Snapshot, SnapshotValue } from '../core/stage.js';

/** What a sample and its label have in common: an id, or a time (a number). */
export type LabelId = string | number;

/** How a label finds its sample. */
export interface MatchOptions {
  /** How many samples later a label may come, an integer ≥ 0. */
  maxLag: number;
  /**
   * Match by time: to the sample nearest in time, at most this far away, the earlier of two equally near. Left out: by equal
   * ids. Of two samples with one id or time the newer counts.
   */
  tolerance?: number;
}

/**
 * Finds the sample that a late label speaks of, among the last maxLag + 1 samples; a ring of fixed size.
 *
 *     const matcher = new LabelMatcher('learn', { maxLag: 100 });
 *     matcher.add('order 7', 1);       // sample 1 came
 *     matcher.match('order 7', (index) => learner.label(index, 2.5));   // true, some samples later
 */
export class LabelMatcher {
  /** Labels that found no sample: too late, or for one that never came. */
  late = 0;
  /** Samples that no label found while it could have. */
  lost = 0;
  readonly #where: string;
  readonly #slots: number;
  readonly #tolerance: number | undefined;
  readonly #ids: LabelId[] = [];
  readonly #indices: Float64Array;
  readonly #labelled: Uint8Array;
  /** Each id's newest place, where the match is by id. */
  readonly #places = new Map<LabelId, number>();
  /** Samples since the start: the next one's place. */
  #next = 0;

  /** @throws EddyError `invalid-option`. */
  constructor(where: string, { maxLag, tolerance }: MatchOptions) {
    if (!(Number.isSafeInteger(maxLag) && maxLag >= 0)) {
      throw new EddyError(
        'invalid-option',
        `${where}: maxLag must be an integer ≥ 0, got ${maxLag}; count it in samples`,
      );
    }
    if (tolerance !== undefined && !(tolerance >= 0)) {
      throw new EddyError(
        'invalid-option',
        `${where}: tolerance must be ≥ 0, got ${tolerance}; leave it out to match by id`,
      );
    }
    this.#where = where;
    this.#slots = maxLag + 1;
    this.#tolerance = tolerance;
    this.#indices = new Float64Array(this.#slots);
    this.#labelled = new Uint8Array(this.#slots);
  }

  /** Checks an id before anything is done with its sample. @throws EddyError `invalid-sample`. */
  check(id: LabelId): void {
    if (this.#tolerance === undefined) {
      if (typeof id === 'string' || Number.isFinite(id)) return;
      throw this.#refuse('id must be a string or a finite number', id);
    }
    if (typeof id !== 'number' || !Number.isFinite(id)) throw this.#refuse('time must be a finite number', id);
    const last = this.#next > 0 ? Number(this.#ids[(this.#next - 1) % this.#slots]) : id;
    if (id < last) throw this.#refuse(`time must not be before the last sample's, ${last}`, id);
  }

  /** Remembers sample `index`. @throws as `check` does; nothing has changed then. */
  add(id: LabelId, index: number): void {
    this.check(id);
    const slot = this.#next % this.#slots;
    if (this.#next >= this.#slots) this.#drop(slot);
    this.#ids[slot] = id;
    this.#indices[slot] = index;
    this.#labelled[slot] = 0;
    if (this.#tolerance === undefined) this.#places.set(id, this.#next);
    this.#next++;
  }

  /**
   * Hands the index of the label's sample to `use`; false, and counted, when there is none. The sample stays: it may have several
   * labels. A label that `use` refuses by throwing leaves no trace.
   */
  match(id: LabelId, use: (index: number) => void): boolean {
    const place = this.#tolerance === undefined ? this.#places.get(id) : this.#nearest(Number(id), this.#tolerance);
    if (place === undefined) {
      this.late++;
      return false;
    }
    use(this.#indices[place % this.#slots] ?? 0);
    this.#labelled[place % this.#slots] = 1;
    return true;
  }

  /** Forgets all samples, as at the start of a new sequence; those without a label are lost. */
  clear(): void {
    for (let place = this.#oldest; place < this.#next; place++) this.#drop(place % this.#slots);
    this.#places.clear();
    this.#ids.length = 0;
    this.#next = 0;
  }

  snapshot(): Snapshot {
    const samples = [];
    for (let place = this.#oldest; place < this.#next; place++) {
      const slot = place % this.#slots;
      samples.push({
        id: this.#ids[slot] ?? null,
        index: this.#indices[slot] ?? 0,
        labelled: this.#labelled[slot] === 1,
      });
    }
    return { late: this.late, lost: this.lost, samples };
  }

  /** @throws EddyError `invalid-state` on a foreign record; nothing has changed then. */
  restore(from: SnapshotValue | undefined): void {
    const { late, lost, samples } = isRecord(from) ? from : {};
    if (typeof late !== 'number' || typeof lost !== 'number' || !isList(samples) || samples.length > this.#slots) {
      throw this.#foreign();
    }
    const known = samples.map((sample) => {
      const { id, index, labelled } = isRecord(sample) ? sample : {};
      if ((typeof id !== 'string' && typeof id !== 'number') || typeof index !== 'number') throw this.#foreign();
      return { id, index, labelled };
    });
    this.clear();
    for (const { id, index, labelled } of known) {
      this.add(id, index);
      this.#labelled[(this.#next - 1) % this.#slots] = labelled === true ? 1 : 0;
    }
    this.late = late;
    this.lost = lost;
  }

  get #oldest(): number {
    return Math.max(0, this.#next - this.#slots);
  }

  #drop(slot: number): void {
    if (this.#labelled[slot] === 0) this.lost++;
    const id = this.#ids[slot];
    // A newer sample with the same id has its own place.
    if (id !== undefined && this.#places.get(id) === this.#oldest) this.#places.delete(id);
  }

  /** The place of the sample nearest in time. Times never fall, so the first that is after it is found by halving. */
  #nearest(time: number, tolerance: number): number | undefined {
    let low = this.#oldest;
    let high = this.#next;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#timeAt(middle) <= time) low = middle + 1;
      else high = middle;
    }
    const before = low > this.#oldest ? time - this.#timeAt(low - 1) : Number.POSITIVE_INFINITY;
    const after = low < this.#next ? this.#timeAt(low) - time : Number.POSITIVE_INFINITY;
    if (!(Math.min(before, after) <= tolerance)) return undefined;
    if (before <= after) return low - 1;
    while (low + 1 < this.#next && this.#timeAt(low + 1) === this.#timeAt(low)) low++;
    return low;
  }

  #timeAt(place: number): number {
    return Number(this.#ids[place % this.#slots]);
  }

  #refuse(rule: string, got: unknown): EddyError {
    return new EddyError(
      'invalid-sample',
      `${this.#where}: a sample's ${rule}, got ${String(got)}; order and clean the samples upstream`,
    );
  }

  #foreign(): EddyError {
    return new EddyError(
      'invalid-state',
      `${this.#where}: a matcher's snapshot has two counts and up to ${this.#slots} samples; restore what snapshot() gave, into the same options`,
    );
  }
}
