/** Events a second, over the last whole second or so. */
export class Rate {
  perSecond = 0;
  #count = 0;
  #since: number;

  constructor(now: number) {
    this.#since = now;
  }

  add(by = 1): void {
    this.#count += by;
  }

  /** Called about once a second. */
  tick(now: number): void {
    const seconds = (now - this.#since) / 1000;
    if (seconds <= 0) return;
    this.perSecond = Math.round((10 * this.#count) / seconds) / 10;
    this.#count = 0;
    this.#since = now;
  }
}
