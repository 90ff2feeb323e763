import { EddyError } from '../../core/errors.js';
import type { Snapshot } from '../../core/stage.js';
import { type Arena, createArena, type Heap } from '../../runtime/heap.js';
import { Place, PlaceBytes } from '../../runtime/kernels.generated.js';
import { writeRecord } from '../../runtime/record.js';
import { type ModelSpec, recurrentLayers } from './definition.js';
import { ceil4 } from './parameters.js';

/** A state's tensors by name: 'layers.0.h' [rows·H], 'layers.0.c' … */
export type StateRecord = { readonly [name: string]: Float32Array };

/** One named tensor of a state, where it stands: `rows` rows of `units` numbers, `padded` floats apart. */
export interface StateTensor {
  readonly name: string;
  readonly units: number;
  readonly padded: number;
  readonly address: number;
}

/**
 * The hidden (and cell) state of every layer, for one or many independent rows. Made by `model.openState(rows)`; zeros at first.
 * A step of the model moves it.
 */
export class State implements Disposable {
  /** @internal The kernels' records of it, one a layer. */
  readonly places: number;
  /** @internal Its slot for a sample. */
  readonly input: number;
  /** @internal Its slot for an output. */
  readonly output: number;
  /** @internal */
  disposed = false;
  readonly #heap: Heap;
  readonly #arena: Arena;
  readonly #start: number;
  readonly #floats: number;
  readonly #tensors: StateTensor[] = [];

  /** @internal */
  constructor(
    heap: Heap,
    spec: ModelSpec,
    outputFloats: number,
    readonly rows: number,
    /** @internal The model it belongs to. */
    readonly owner: object,
  ) {
    this.#heap = heap;
    const layers = recurrentLayers(spec);
    this.#arena = createArena(heap);
    this.#floats = layers.reduce((sum, { cell, units }) => sum + rows * ceil4(units) * (cell.cellState ? 2 : 1), 0);
    try {
      this.#start = this.#arena.take(this.#floats * 4);
      this.places = this.#arena.take(layers.length * PlaceBytes);
      this.input = this.#arena.take(rows * spec.input * 4);
      this.output = this.#arena.take(rows * outputFloats * 4);
    } catch (error) {
      this.#arena.dispose();
      throw error;
    }
    let top = this.#start;
    layers.forEach(({ cell, units, name: layer }, l) => {
      const padded = ceil4(units);
      const take = (name: string) => {
        const address = top;
        top += rows * padded * 4;
        this.#tensors.push({ name: `${layer}.${name}`, units, padded, address });
        return address;
      };
      writeRecord(heap, Place, this.places + l * PlaceBytes, { h: take('h'), c: cell.cellState ? take('c') : 0 });
    });
  }

  /** A copy: 'layers.0.h', 'layers.0.c' … each [rows × H], or of one row [H]. */
  snapshot(row?: number): StateRecord {
    const memory = this.#open();
    return row === undefined
      ? readState(memory, this.#tensors, this.rows)
      : readState(memory, this.#ofRow('state.snapshot', row), 1);
  }

  /**
   * Puts a snapshot back, of all rows or of one: a row may come back into any other.
   * @throws EddyError `invalid-state`: a name missing or unknown, another length, a number that is not finite. Nothing changes then.
   */
  restore(from: StateRecord, row?: number): void {
    const memory = this.#open();
    const tensors = row === undefined ? this.#tensors : this.#ofRow('state.restore', row);
    const rows = row === undefined ? this.rows : 1;
    checkState('state.restore', tensors, rows, from);
    writeState(memory, tensors, rows, from);
  }

  /** Zeroes one row, or all. */
  reset(row?: number): void {
    const memory = this.#open();
    if (row === undefined) {
      memory.fill(0, this.#start >> 2, (this.#start >> 2) + this.#floats);
      return;
    }
    for (const { padded, address } of this.#ofRow('state.reset', row))
      memory.fill(0, address >> 2, (address >> 2) + padded);
  }

  /** Frees it. May be called more than once. */
  dispose(): void {
    this.disposed = true;
    this.#arena.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** The tensors of one row alone. */
  #ofRow(where: string, row: number): StateTensor[] {
    if (!Number.isInteger(row) || row < 0 || row >= this.rows) {
      throw new EddyError(
        'invalid-option',
        `${where}: row must be a whole number from 0 to ${this.rows - 1}, got ${row}; leave it out for all`,
      );
    }
    return this.#tensors.map((tensor) => ({ ...tensor, address: tensor.address + row * tensor.padded * 4 }));
  }

  #open(): Float32Array {
    if (this.disposed) {
      throw new EddyError(
        'disposed',
        'state: it must be open, it has been disposed; open a new one with model.openState()',
      );
    }
    return this.#heap.f32;
  }
}

/** A copy of the tensors, without their padding. */
export function readState(memory: Float32Array, tensors: readonly StateTensor[], rows: number): StateRecord {
  return Object.fromEntries(
    tensors.map(({ name, units, padded, address }) => {
      const data = new Float32Array(rows * units);
      for (let row = 0; row < rows; row++) {
        const from = (address >> 2) + row * padded;
        data.set(memory.subarray(from, from + units), row * units);
      }
      return [name, data];
    }),
  );
}

/** @throws EddyError `invalid-state` unless the record has just these tensors, of their lengths, all finite. */
export function checkState(where: string, tensors: readonly StateTensor[], rows: number, from: StateRecord): void {
  const wrong = (message: string) => new EddyError('invalid-state', `${where}: ${message}`);
  const extra = Object.keys(from).find((name) => !tensors.some((tensor) => tensor.name === name));
  if (extra !== undefined)
    throw wrong(`'${extra}' is no part of this state; restore what snapshot() of the same model gave`);
  for (const { name, units } of tensors) {
    const data = Object.hasOwn(from, name) ? from[name] : undefined;
    if (data?.length !== rows * units)
      throw wrong(`'${name}' must have ${rows} × ${units} numbers, got ${data?.length}`);
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw wrong(`'${name}' must hold finite numbers, got ${data[bad]} at ${bad}`);
  }
}

/** Puts a checked record in place. */
export function writeState(
  memory: Float32Array,
  tensors: readonly StateTensor[],
  rows: number,
  from: StateRecord,
): void {
  for (const { name, units, padded, address } of tensors) {
    for (let row = 0; row < rows; row++) {
      memory.set(from[name].subarray(row * units, (row + 1) * units), (address >> 2) + row * padded);
    }
  }
}

/** A state's tensors out of a record that was kept as a part of a snapshot. */
export function tensorsOf(from: Snapshot): StateRecord {
  const found: Record<string, Float32Array> = {};
  for (const [name, data] of Object.entries(from)) if (data instanceof Float32Array) found[name] = data;
  return found;
}
