/** The newest `size` scores, kept in order of time and in order of size: quantiles and ranks by binary search. */
export class ScoreWindow {
  readonly #recent: Float64Array;
  readonly #sorted: Float64Array;
  /** scores held, place of the next one */
  readonly #state = new Float64Array(2);

  constructor(readonly size: number) {
    this.#recent = new Float64Array(size);
    this.#sorted = new Float64Array(size);
  }

  get state(): readonly Float64Array[] {
    return [this.#recent, this.#sorted, this.#state];
  }

  get count(): number {
    return this.#state[0];
  }

  get largest(): number {
    return this.count === 0 ? 0 : this.#sorted[this.count - 1];
  }

  /** Takes a score; gives the one that had to go for it, NaN while there is room. */
  push(score: number): number {
    const sorted = this.#sorted;
    const state = this.#state;
    const at = state[1];
    const gone = state[0] === this.size ? this.#recent[at] : Number.NaN;
    if (state[0] === this.size) {
      const from = this.below(gone);
      sorted.copyWithin(from, from + 1, state[0]--);
    }
    const place = this.below(score);
    sorted.copyWithin(place + 1, place, state[0]++);
    sorted[place] = score;
    this.#recent[at] = score;
    state[1] = (at + 1) % this.size;
    return gone;
  }

  /** The ⌈level · (n + 1)⌉-th smallest score, the conformal quantile; the largest where that is beyond the last. */
  quantile(level: number): number {
    const n = this.count;
    if (n === 0) return 0;
    const rank = Math.ceil(level * (n + 1));
    return rank < 1 ? 0 : this.#sorted[Math.min(rank, n) - 1];
  }

  /** The conformal p-value of a score: how much of the window, it included, is at least as large. */
  tail(score: number): number {
    return (this.count - this.below(score) + 1) / (this.count + 1);
  }

  /** How many scores are less than this one. */
  below(score: number): number {
    return this.#count((other) => other < score);
  }

  /** How many are greater. */
  above(score: number): number {
    return this.count - this.#count((other) => other <= score);
  }

  /** How many scores stand before the first for which `before` is false. */
  #count(before: (score: number) => boolean): number {
    const sorted = this.#sorted;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(sorted[middle])) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
