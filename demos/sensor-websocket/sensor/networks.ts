import type { Snapshot } from 'rx-eddy';
import { CELLS, type CellName, type Networks as NetworksView, type Settings } from '../protocol.js';
import { Channel } from './channel.js';
import type { History } from './history.js';
import { KeptWeights } from './kept.js';
import { type Bench, Network, type ScaledRow } from './network.js';
import { recordOf } from './record.js';
import { changed } from './settings.js';

/** Bare networks beside a sensor's forecast engine: the chosen one, always, and the other cells while someone watches. */
export class Networks {
  settings: Settings;
  readonly kept = new KeptWeights();
  #frozen = false;
  #watched = false;
  readonly #networks = new Map<CellName, Network>();

  constructor(
    private readonly bench: Bench,
    private readonly history: History,
    settings: Settings,
  ) {
    this.settings = settings;
    this.#open(settings.cell);
  }

  /** The network whose weights are kept and exported. */
  get chosen(): Network {
    return this.#open(this.settings.cell);
  }

  step(row: ScaledRow, values: Float64Array, channels: readonly Channel[]): void {
    for (const network of this.#networks.values()) network.step(row, values, channels, this.#watched);
  }

  get watched(): boolean {
    return this.#watched;
  }

  /** Opens the other cells beside the chosen one, or closes them again. */
  set watched(watched: boolean) {
    this.#watched = watched;
    this.#settle();
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  set frozen(frozen: boolean) {
    this.#frozen = frozen;
    for (const { learner } of this.#networks.values()) learner.frozen = frozen;
  }

  /** Acts from the next row on. Answers in words when it is refused; nothing has changed then. */
  configure(change: unknown): string | undefined {
    const next = changed(this.settings, change);
    if (typeof next === 'string') return next;
    const { units, k1, k2 } = this.settings;
    this.settings = next;
    if (next.units !== units) this.kept.clear();
    if (next.units !== units || next.k1 !== k1 || next.k2 !== k2) this.#close(() => true);
    this.#settle();
    return undefined;
  }

  keep(time: number): void {
    const weights = Object.fromEntries(Array.from(this.#networks, ([cell, network]) => [cell, network.weights()]));
    this.kept.add({ rows: this.history.count, time, weights });
  }

  /** False if there is no such copy. */
  rollBack(id: unknown): boolean {
    const kept = this.kept.find(id);
    for (const [cell, network] of this.#networks) {
      const weights = kept?.weights[cell];
      if (weights) network.setWeights(weights);
    }
    return kept !== undefined;
  }

  view(): NetworksView {
    return {
      settings: this.settings,
      frozen: this.#frozen,
      snapshots: this.kept.all.map(({ id, rows, time }) => ({ id, rows, time })),
      networks: CELLS.flatMap((cell) => this.#networks.get(cell)?.view() ?? []),
    };
  }

  snapshot(): Snapshot {
    return { frozen: this.#frozen, kept: this.kept.snapshot(), chosen: this.chosen.snapshot() };
  }

  restore({ frozen, kept, chosen }: Snapshot): void {
    this.kept.restore(recordOf(kept, 'kept'));
    this.chosen.restore(recordOf(chosen, 'chosen'));
    this.frozen = frozen === true;
  }

  dispose(): void {
    this.#close(() => true);
  }

  /** Opens what ought to run and closes the rest. */
  #settle(): void {
    const wanted = CELLS.filter((cell) => this.#watched || cell === this.settings.cell);
    for (const cell of wanted) this.#open(cell);
    this.#close((cell) => !wanted.includes(cell));
  }

  #close(which: (cell: CellName) => boolean): void {
    for (const [cell, network] of [...this.#networks].filter(([cell]) => which(cell))) {
      this.#networks.delete(cell);
      network.dispose();
    }
  }

  #open(cell: CellName): Network {
    const known = this.#networks.get(cell);
    if (known) return known;
    const network = new Network(this.bench, cell, this.history.channels, () => this.settings);
    this.#teach(network);
    network.learner.frozen = this.#frozen;
    this.#networks.set(cell, network);
    return network;
  }

  /** What begins in the middle of a stream is first shown the rows that are still held. */
  #teach(network: Network): void {
    const { history } = this;
    const channels = Array.from({ length: history.channels }, () => new Channel());
    const row = { input: new Float32Array(2 * history.channels), target: new Float32Array(history.channels) };
    for (let index = history.first; index <= history.count; index++) {
      const values = history.values(index);
      scaleRow(values, channels, row);
      network.step(row, values, channels, false);
    }
  }
}

export function scaleRow(values: Float64Array, channels: readonly Channel[], { input, target }: ScaledRow): void {
  channels.forEach((channel, c) => {
    target[c] = channel.step(values[c], input, 2 * c);
  });
}
