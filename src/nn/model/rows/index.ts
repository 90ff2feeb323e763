import { EddyError } from '../../../core/errors.js';
import { type Arena, createArena } from '../../../runtime/heap.js';
import { checkSymbols } from '../../embedding/index.js';
import type { Model } from '../model.js';
import type { State } from '../state.js';

/** Rows that the kernel steps at once, as the model's own step does. */
const TILE = 32;

/**
 * A state of many rows of which any few can be stepped in one kernel call: what many keys share.
 *
 * Its bytes, for `rows` ≥ 32: rows · (Σ 4·⌈H/4⌉·4·(1, or 2 with a cell state) + 4·input + 4·⌈output/4⌉·4 + 4) for itself,
 * and as much without the last 4 for a tile of 32 rows; 8 more a layer for each of the two.
 */
export class Rows implements Disposable {
  /** All the rows: to take one's snapshot, restore or reset it. */
  readonly state: State;
  readonly #model: Model;
  readonly #tile: State;
  readonly #arena: Arena;
  /** Where the list of the rows to be stepped stands. */
  readonly #list: number;

  /** @throws EddyError `disposed`, `invalid-option`, `out-of-memory`. */
  constructor(model: Model, rows: number) {
    this.#model = model;
    this.state = model.openState(rows);
    this.#arena = createArena(model.runtime.heap);
    try {
      this.#tile = model.openState(Math.min(rows, TILE));
    } catch (error) {
      this.state.dispose();
      throw error;
    }
    try {
      this.#list = this.#arena.take(rows * 4);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Refuses what is no symbol of the model's embedding, where it has one. @throws EddyError `invalid-sample`. */
  check(sample: Float32Array, where: string, index: number): void {
    if (this.#model.embedding) checkSymbols(this.#model.embedding, sample, 0, 1, where, index);
  }

  /**
   * Moves the listed rows one step, each by its sample: `list` [n], no row twice; `x` [n × input]. Gives [n × output].
   * The samples have been read and checked before.
   */
  step(list: readonly number[], x: Float32Array): Float32Array {
    const model = this.#model;
    const { state } = this;
    model.requireOpen('rows.step');
    if (state.disposed) throw new EddyError('disposed', 'rows.step: the rows must be open; open new ones');
    const { heap, kernels } = model.runtime;
    heap.u32.set(list, this.#list >> 2);
    heap.f32.set(x, state.input >> 2);
    kernels.rowsStep(model.record, this.#tile.places, state.places, this.#list, list.length, state.input, state.output);
    const out = new Float32Array(list.length * model.output);
    model.copyOutput(heap.f32, state.output, list.length, out);
    return out;
  }

  /** Frees it. May be called more than once. */
  dispose(): void {
    this.state.dispose();
    this.#tile.dispose();
    this.#arena.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
