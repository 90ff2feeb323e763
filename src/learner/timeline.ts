import type { Model } from '../nn/model/model.js';

/** Which samples a learner's tape holds, and with what weights each was streamed. Slot s holds sample `first` + s. */
export class Timeline {
  /** Samples since the start or the last reset: the newest one's number. */
  newest = 0;
  /** The newest sample whose label has come. */
  newestLabel = 0;
  /** The number of the sample in slot 0. */
  first = 1;
  readonly #model: Model;
  /** The model's version when each slot's sample was streamed. */
  readonly #versions: Float64Array;

  constructor(model: Model, slots: number) {
    this.#model = model;
    this.#versions = new Float64Array(slots);
  }

  /** The newest sample stands in its slot. */
  stream(index: number): void {
    this.#versions[index - this.first] = this.#model.version;
    this.newest = index;
  }

  /** The last `keep` slots have moved to the tape's start. */
  slide(keep: number): void {
    const from = this.#versions.length - keep;
    this.#versions.copyWithin(0, from);
    this.first += from;
  }

  /** A new sequence: the tape is empty. */
  begin(): void {
    this.newest = 0;
    this.newestLabel = 0;
    this.first = 1;
  }

  /** Whether a weight has changed since the sample of this slot was streamed. */
  changedSince(slot: number): boolean {
    return this.#versions[slot] !== this.#model.version;
  }

  /** For each sample on the tape: 1 where no weight has changed since. */
  current(): Float64Array {
    const kept = this.#versions.slice(0, this.newest - this.first + 1);
    return kept.map((version) => (version === this.#model.version ? 1 : 0));
  }

  restore(from: { newest: number; newestLabel: number; first: number; current: Float64Array }): void {
    this.newest = from.newest;
    this.newestLabel = from.newestLabel;
    this.first = from.first;
    const { version } = this.#model;
    this.#versions.set(from.current.map((same) => (same ? version : version - 1)));
  }
}
