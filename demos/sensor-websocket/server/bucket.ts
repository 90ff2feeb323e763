/** Lets so many through a second, and so many at once. */
export class Bucket {
  #left: number;
  #at: number;

  constructor(
    readonly perSecond: number,
    readonly atOnce: number,
    now: number,
  ) {
    this.#left = atOnce;
    this.#at = now;
  }

  take(now: number, count = 1): boolean {
    this.#left = Math.min(this.atOnce, this.#left + ((now - this.#at) * this.perSecond) / 1000);
    this.#at = now;
    if (this.#left < count) return false;
    this.#left -= count;
    return true;
  }
}
