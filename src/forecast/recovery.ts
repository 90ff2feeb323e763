import type { Storage } from '../stats/rls/covariance.js';

const EVERY = 256; // rows between copies
const RATE = 1 / 64; // of the running losses
const TOLERANCE = 4; // a loss of so many times the last value's, and
const EXPLODED = 4; // so many squares of a typical change more, is an explosion
const REST = 128; // rows after a roll-back before the next

/**
 * Keeps a good copy of what was learned, and puts it back when the running loss explodes against that of the last value:
 * what diverges here cannot stay.
 */
export class Recovery {
  /** Running loss, the last value's, rows, rows until the next roll-back may come, roll-backs, whether a copy is good. */
  readonly state = new Float64Array(6);
  readonly copies: readonly Float64Array[];
  readonly #weights: Float64Array;
  readonly #learned: readonly Storage[];
  readonly #reset: () => void;

  /** @param weights those among `learned` that show a divergence first */
  constructor(weights: Float64Array, learned: readonly Storage[], reset: () => void) {
    this.#weights = weights;
    this.#learned = learned;
    this.#reset = reset;
    this.copies = learned.map((values) => values.slice());
  }

  /** Roll-backs so far. */
  get count(): number {
    return this.state[4];
  }

  /** Takes one row's mean losses, both in squares of a typical change. */
  watch(loss: number, lastValue: number): void {
    const { state } = this;
    state[0] += RATE * (Math.min(loss, 100) - state[0]);
    state[1] += RATE * (Math.min(lastValue, 100) - state[1]);
    state[2]++;
    state[3] = Math.max(0, state[3] - 1);
    if (!(state[0] <= TOLERANCE * state[1] + EXPLODED) || !this.#finite()) this.#rollBack();
    else if (state[2] % EVERY === 0 && state[0] <= 1.1 * state[1]) this.#copy();
  }

  /** Weights alone show it: whatever else goes wrong shows in them. */
  #finite(): boolean {
    const weights = this.#weights;
    return Number.isFinite(weights[Math.floor(this.state[2] % weights.length)]);
  }

  #copy(): void {
    this.#learned.forEach((values, i) => {
      this.copies[i].set(values.slice());
    });
    this.state[5] = 1;
  }

  #rollBack(): void {
    const { state } = this;
    if (state[3] > 0) return;
    if (state[5] === 1) {
      this.copies.forEach((values, i) => {
        this.#learned[i].set(values);
      });
    } else this.#reset();
    state[0] = state[1];
    state[3] = REST;
    state[4]++;
  }
}
