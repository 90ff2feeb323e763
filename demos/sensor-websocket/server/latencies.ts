const HELD = 8192;

/** The newest times from a frame's coming to its forecast's going, in milliseconds. */
export class Latencies {
  readonly #held = new Float64Array(HELD);
  #count = 0;

  add(milliseconds: number): void {
    this.#held[this.#count++ % HELD] = milliseconds;
  }

  read(): { p50: number; p99: number } {
    const sorted = this.#held.slice(0, Math.min(this.#count, HELD)).sort();
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return { p50: at(0.5), p99: at(0.99) };
  }
}
