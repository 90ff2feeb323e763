/**
 * Lets `rate` frames a second through in the long run, and up to `burst` seconds' worth at once. Forgotten when its object leaves memory:
 * who was silent for that long has a full bucket anyway.
 */
export class TokenBucket {
  readonly #capacity: number;
  #tokens: number;
  #at: number | undefined;

  constructor(
    private readonly rate: number,
    burst: number,
  ) {
    this.#capacity = rate * burst;
    this.#tokens = this.#capacity;
  }

  /** Takes a token, if there is one. @param now milliseconds; a clock that goes back counts as one that stands. */
  take(now: number): boolean {
    const elapsed = Math.max(0, now - (this.#at ?? now));
    this.#at = now;
    this.#tokens = Math.min(this.#capacity, this.#tokens + (elapsed * this.rate) / 1000);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
