import type { Take } from '../messages.js';

/**
 * The newest sound that the learner has not heard yet, dry and wet. Writing allocates nothing; when the tape is full the oldest is lost and
 * counted.
 */
export class Tape {
  dropped = 0;
  readonly #dry: Float32Array;
  readonly #wet: Float32Array;
  #start = 0;
  #length = 0;

  constructor(readonly capacity: number) {
    this.#dry = new Float32Array(capacity);
    this.#wet = new Float32Array(capacity);
  }

  write(dry: number, wet: number): void {
    if (this.#length === this.capacity) {
      this.#start = (this.#start + 1) % this.capacity;
      this.#length--;
      this.dropped++;
    }
    const at = (this.#start + this.#length++) % this.capacity;
    this.#dry[at] = dry;
    this.#wet[at] = wet;
  }

  /** Takes off what there is, oldest first. */
  take(): Take {
    const copy = (from: Float32Array) =>
      Float32Array.from({ length: this.#length }, (_, t) => from[(this.#start + t) % this.capacity]);
    const taken = { dry: copy(this.#dry), wet: copy(this.#wet) };
    this.#start = 0;
    this.#length = 0;
    return taken;
  }
}
