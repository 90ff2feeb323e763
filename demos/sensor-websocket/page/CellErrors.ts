import type { CellName, NetworkView } from '../protocol.js';

const KEPT = 600;

/** How the error of each cell went, as far as this page has seen it. */
export class CellErrors {
  readonly #errors = new Map<CellName, Float64Array>();
  readonly #ticks = Float64Array.from({ length: KEPT }, (_, i) => i - KEPT + 1);
  #count = 0;

  add(networks: readonly NetworkView[]): void {
    for (const { cell, error } of networks) {
      const kept = this.#errors.get(cell) ?? new Float64Array(KEPT).fill(Number.NaN);
      this.#errors.set(cell, kept);
      kept.copyWithin(0, 1);
      kept[KEPT - 1] = error ?? Number.NaN;
    }
    this.#count = Math.min(KEPT, this.#count + 1);
  }

  /** Up to 0, the newest. */
  get ticks(): Float64Array {
    return this.#ticks.subarray(KEPT - this.#count);
  }

  of(cell: CellName): Float64Array {
    return this.#errors.get(cell)?.subarray(KEPT - this.#count) ?? new Float64Array(this.#count).fill(Number.NaN);
  }
}
