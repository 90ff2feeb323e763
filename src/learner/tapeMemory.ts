import type { Model } from '../nn/model/model.js';
import { ceil4 } from '../nn/model/parameters.js';
import type { StateTensor } from '../nn/model/state.js';
import type { Arena } from '../runtime/heap.js';
import type { CheckedOptions } from './options.js';

/** One part of the tape: `bytes` for each slot, from `address` on. */
export interface Strip {
  readonly name: string;
  readonly address: number;
  readonly bytes: number;
}

/** Takes a tape's memory piece by piece, and remembers which pieces have a place for every slot. */
export class TapeMemory {
  /** Slots that are kept when the tape is full. */
  readonly keep: number;
  readonly slots: number;
  /** The blocks with a place for every slot: bytes a slot, and slots before the first. */
  readonly strips: Strip[] = [];
  /** The running state's tensors as they stand in the slot before the first. */
  readonly start: StateTensor[] = [];
  /** Bytes from one slot of each state tensor to the next. */
  readonly startSteps: number[] = [];

  constructor(
    readonly model: Model,
    readonly rows: number,
    readonly options: CheckedOptions,
    readonly arena: Arena,
  ) {
    const { window, maxLag, full } = options;
    this.keep = full ? window : window + maxLag;
    this.slots = full ? this.keep : 2 * this.keep + 16;
  }

  take(bytes: number): number {
    return this.arena.take(bytes);
  }

  /** A place for every slot. */
  strip(name: string, bytes: number): number {
    const address = this.take(this.slots * bytes);
    this.strips.push({ name, address, bytes });
    return address;
  }

  /** A state tensor for every slot, and one slot more, in front: the state before the first sample. */
  states(name: string, units: number): number {
    const padded = ceil4(units);
    const row = this.rows * padded * 4;
    const address = this.take((this.slots + 1) * row) + row;
    this.strips.push({ name, address, bytes: row });
    this.start.push({ name, units, padded, address: address - row });
    this.startSteps.push(row);
    return address;
  }
}
