import type { Snapshot } from 'rx-eddy';
import { CELLS, type CellName } from '../protocol.js';
import { recordOf } from './record.js';

const MOST = 8;

/** Weights that someone has asked to keep, by cell. */
export interface Kept {
  readonly id: number;
  /** Rows that had come, and the newest one's time. */
  readonly rows: number;
  readonly time: number;
  readonly weights: Readonly<Partial<Record<CellName, Snapshot>>>;
}

/** The last eight copies of a sensor's weights. */
export class KeptWeights {
  #all: readonly Kept[] = [];
  #ids = 0;

  get all(): readonly Kept[] {
    return this.#all;
  }

  add(kept: Omit<Kept, 'id'>): void {
    this.#all = [...this.#all, { id: ++this.#ids, ...kept }].slice(-MOST);
  }

  find(id: unknown): Kept | undefined {
    return this.#all.find((kept) => kept.id === id);
  }

  clear(): void {
    this.#all = [];
  }

  snapshot(): Snapshot {
    return { ids: this.#ids, all: this.#all.map((kept) => ({ ...kept, weights: { ...kept.weights } })) };
  }

  restore({ ids, all }: Snapshot): void {
    if (typeof ids !== 'number' || !Array.isArray(all)) throw new TypeError('kept weights must have their ids');
    this.#ids = ids;
    this.#all = all.map((entry: Snapshot[string]) => {
      const { id, rows, time, weights } = recordOf(entry, 'kept');
      const saved = recordOf(weights, 'weights');
      const byCell = CELLS.filter((cell) => saved[cell] !== undefined).map((cell) => [
        cell,
        recordOf(saved[cell], cell),
      ]);
      return { id: Number(id), rows: Number(rows), time: Number(time), weights: Object.fromEntries(byCell) };
    });
  }
}
