/** A gain that goes to 0 or 1 in a straight line, so that nothing clicks. */
export class Fader {
  gain: number;
  #goal: number;
  readonly #step: number;

  constructor(samples: number, start: 0 | 1) {
    this.gain = start;
    this.#goal = start;
    this.#step = 1 / samples;
  }

  get still(): boolean {
    return this.gain === this.#goal;
  }

  goTo(goal: 0 | 1): void {
    this.#goal = goal;
  }

  /** The next sample's gain. */
  next(): number {
    if (this.gain < this.#goal) this.gain = Math.min(this.#goal, this.gain + this.#step);
    else if (this.gain > this.#goal) this.gain = Math.max(this.#goal, this.gain - this.#step);
    return this.gain;
  }
}
