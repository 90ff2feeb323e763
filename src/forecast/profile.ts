const RATE = 0.1; // a slot forgets over its last ten visits

/** The running mean of each slot of a season (a half-hour of a weekday, a month of the year …), per channel. */
export class Profile {
  /** Per slot: mean and visits. */
  state: Float64Array;
  readonly #channels: number;
  #slots = 0;

  constructor(channels: number) {
    this.#channels = channels;
    this.state = new Float64Array(0);
  }

  /** Slots a channel. */
  get slots(): number {
    return this.#slots;
  }

  /** Starts again with `slots` slots a channel. */
  open(slots: number): void {
    this.#slots = slots;
    this.state = new Float64Array(this.#channels * slots * 2);
  }

  /** Whether the slot has been visited; slot −1 never was. */
  has(channel: number, slot: number): boolean {
    return slot >= 0 && this.state[(channel * this.#slots + slot) * 2 + 1] > 0;
  }

  mean(channel: number, slot: number): number {
    return this.state[(channel * this.#slots + slot) * 2];
  }

  learn(channel: number, slot: number, value: number): void {
    if (slot < 0) return;
    const at = (channel * this.#slots + slot) * 2;
    const visits = ++this.state[at + 1];
    this.state[at] += Math.max(1 / visits, RATE) * (value - this.state[at]);
  }
}
