/**
 * The error-to-signal ratio of what was played against what was wanted, Σ (y − ŷ)²/Σ y², since the start or the last `reset`. NaN while
 * nothing but silence was wanted.
 */
export class ErrorToSignal {
  #error = 0;
  #signal = 0;

  add(played: number, wanted: number): void {
    this.#error += (played - wanted) * (played - wanted);
    this.#signal += wanted * wanted;
  }

  get ratio(): number {
    return this.#signal > 0 ? this.#error / this.#signal : Number.NaN;
  }

  reset(): void {
    this.#error = 0;
    this.#signal = 0;
  }
}
