/** Upper bounds of the bins in microseconds; the last bin is open. */
export const BOUNDS: readonly number[] = [2, 5, 10, 20, 50, 100, 200, 500];

/** How long steps took, counted in bins, with the past fading so that the newest some thousands of steps are seen. */
export class Timings {
  readonly counts = new Array<number>(BOUNDS.length + 1).fill(0);
  #total = 0;

  add(milliseconds: number): void {
    const microseconds = 1000 * milliseconds;
    let bin = 0;
    while (bin < BOUNDS.length && microseconds > BOUNDS[bin]) bin++;
    this.counts[bin]++;
    if (++this.#total < 4096) return;
    this.#total = 0;
    this.counts.forEach((count, i) => {
      this.counts[i] = count >> 1;
      this.#total += count >> 1;
    });
  }
}
