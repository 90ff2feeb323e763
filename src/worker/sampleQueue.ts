import type { StateRecord } from '../nn/model/state.js';
import { type Batch, BEGINS, LABELLED } from './messages.js';

/** Samples that wait for the learner, in batches; when there are too many the oldest batch makes room. */
export class SampleQueue {
  /** Samples that made room, and will never be learned from. */
  dropped = 0;
  readonly #input: number;
  readonly #part: number;
  readonly #size: number;
  readonly #most: number;
  readonly #batches: Batch[] = [];
  readonly #spare: Batch[] = [];
  #newest: Batch | undefined;

  /** @param part numbers in one sample's target @param size samples of a batch @param most samples that may wait */
  constructor(input: number, part: number, size: number, most: number) {
    this.#input = input;
    this.#part = part;
    this.#size = size;
    this.#most = Math.max(1, Math.floor(most / size));
  }

  /** Whether the next sample begins a batch, which needs the state that stands before it. */
  get full(): boolean {
    return this.#newest === undefined || this.#newest.count === this.#size;
  }

  add(index: number, x: Float32Array, target: Float32Array | undefined, begins: boolean, state?: StateRecord): void {
    const batch = this.full || !this.#newest ? this.#open(index, state) : this.#newest;
    const at = batch.count++;
    batch.x.set(x, at * this.#input);
    if (target) batch.targets.set(target, at * this.#part);
    batch.flags[at] = (target ? LABELLED : 0) | (begins ? BEGINS : 0);
  }

  /** The oldest batch; undefined: nothing waits. */
  take(): Batch | undefined {
    const batch = this.#batches.shift();
    if (batch === this.#newest) this.#newest = undefined;
    return batch;
  }

  /** Takes back a batch whose samples have been learned from, to be filled again. */
  reuse(batch: Batch): void {
    if (this.#spare.length < 2) this.#spare.push(batch);
  }

  #open(first: number, state: StateRecord | undefined): Batch {
    if (this.#batches.length === this.#most) {
      const oldest = this.#batches.shift();
      if (oldest) {
        this.dropped += oldest.count;
        this.reuse(oldest);
      }
    }
    const batch = this.#spare.pop() ?? this.#make();
    batch.first = first;
    batch.count = 0;
    batch.state = state;
    this.#batches.push(batch);
    this.#newest = batch;
    return batch;
  }

  #make(): Batch {
    const size = this.#size;
    return {
      first: 0,
      count: 0,
      x: new Float32Array(size * this.#input),
      targets: new Float32Array(size * this.#part),
      flags: new Uint8Array(size),
    };
  }
}
