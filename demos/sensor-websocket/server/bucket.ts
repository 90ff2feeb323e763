/** Lets so many through a second, and as many at once. */
export class Bucket {
  #left: number;
  #at: number;

  constructor(
    readonly perSecond: number,
    now: number,
  ) {
    this.#left = perSecond;
    this.#at = now;
  }

  take(now: number): boolean {
    this.#left = Math.min(this.perSecond, this.#left + ((now - this.#at) * this.perSecond) / 1000);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
