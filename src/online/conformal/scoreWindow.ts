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

  push(score: number): void {
    const sorted = this.#sorted;
    const state = this.#state;
    const at = state[1];
    if (state[0] === this.size) {
      const gone = this.#below(this.#recent[at]);
      sorted.copyWithin(gone, gone + 1, state[0]--);
    }
    const place = this.#below(score);
    sorted.copyWithin(place + 1, place, state[0]++);
    sorted[place] = score;
    this.#recent[at] = score;
    state[1] = (at + 1) % this.size;
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
    return (this.count - this.#below(score) + 1) / (this.count + 1);
  }

  #below(score: number): number {
    const sorted = this.#sorted;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < score) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
