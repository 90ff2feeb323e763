import { EddyError } from '../core/errors.js';
import type { Snapshot } from '../core/stage.js';
import { checkWidth, type Scaler } from './scaler.js';
import { checkArrays, numberOf } from './state.js';

/**
 * Opens a scaler that puts each channel's smallest value so far at 0 and its largest at 1. A value beyond both lies outside
 * 0 … 1 once, then is the new bound. While a channel has not varied its range counts as 1.
 *
 * @throws EddyError `invalid-sample` on another width than the first row's; `invalid-state` on a record that is no snapshot.
 */
export function createRangeScaler(): Scaler {
  return new RangeScaler();
}

class RangeScaler implements Scaler {
  count = 0;
  /** Per channel: smallest and largest, then these two as they stood before the newest row. */
  #state = new Float64Array(0);

  get width(): number {
    return this.#state.length / 4;
  }

  learn(row: Float64Array): void {
    if (this.count === 0) this.#state = new Float64Array(row.length * 4);
    checkWidth(row, this.width, this.count);
    const state = this.#state;
    for (let i = 0; i < row.length; i++) {
      const at = i * 4;
      state[at + 2] = state[at];
      state[at + 3] = state[at + 1];
      state[at] = this.count === 0 ? row[i] : Math.min(state[at], row[i]);
      state[at + 1] = this.count === 0 ? row[i] : Math.max(state[at + 1], row[i]);
    }
    this.count++;
  }

  scale(value: number, i: number): number {
    return (value - this.#state[i * 4 + 2]) / this.#range(i);
  }

  inverse(scaled: number, i: number): number {
    return scaled * this.#range(i) + this.#state[i * 4 + 2];
  }

  snapshot(): Snapshot {
    return { count: this.count, width: this.width, parts: [this.#state.slice()] };
  }

  restore(from: Snapshot): void {
    const width = numberOf('minMax', from, 'width');
    const count = numberOf('minMax', from, 'count');
    if (!Number.isSafeInteger(width) || width < 0) {
      throw new EddyError('invalid-state', `minMax: a snapshot's width must be a whole number, got ${width}`);
    }
    const [state] = checkArrays('minMax', [width * 4], from.parts);
    this.#state = state.slice();
    this.count = count;
  }

  #range(i: number): number {
    const low = this.#state[i * 4 + 2];
    const high = this.#state[i * 4 + 3];
    const range = high - low;
    return range > 1e-12 * Math.max(Math.abs(low), Math.abs(high)) && range > 1e-150 ? range : 1;
  }
}
