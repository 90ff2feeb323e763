import { EddyError } from '../../src/core/errors.js';
import { type OnInvalid, SampleReader } from '../../src/core/onInvalid.js';
import type { Sample } from '../../src/core/sample.js';
import { snapshotRecord } from '../../src/core/snapshotRecord.js';
import type { Snapshot } from '../../src/core/stage.js';
import type { Model } from '../../src/nn/model/model.js';
import { Rows } from '../../src/nn/model/rows/index.js';
import { tensorsOf } from '../../src/nn/model/state.js';
import type { Key } from './key.js';
import type { Keyed, KeyStage } from './keyedStage.js';

export interface KeyedBatchOptions<In> {
  /** A value's numbers. Default: the value itself. */
  features?: (value: In) => Sample;
  /** What a bad sample does to its own key. Default 'error'. */
  onInvalid?: OnInvalid;
}

/** The states of many keys as rows of one, and the samples that wait to be stepped together: of each key one at most. */
export class KeyedBatch<In, K extends Key> {
  /** Where the outputs go. */
  emit: (out: Keyed<K, Float32Array>) => void = () => {};
  readonly model: Model;
  readonly rows: Rows;
  readonly options: KeyedBatchOptions<In>;
  /** Rows restored with a sample that waits. */
  readonly waiting: { stage: RowStage<In, K>; place: number; x: Float32Array }[] = [];
  /** Where a sample is read and checked before it counts. */
  readonly read: Float32Array;
  readonly #x: Float32Array;
  readonly #free: number[] = [];
  #used = 0;
  #gathered: RowStage<In, K>[] = [];
  /** Called when the first sample of a batch has come. */
  readonly #wake: () => void;

  constructor(model: Model, keys: number, options: KeyedBatchOptions<In>, wake: () => void) {
    this.model = model;
    this.rows = new Rows(model, keys);
    this.options = options;
    this.read = new Float32Array(model.input);
    this.#x = new Float32Array(keys * model.input);
    this.#wake = wake;
  }

  /** The stage of one key: a row. */
  open(key: K): KeyStage<In, Float32Array> {
    const row = this.#free.pop() ?? this.#used++;
    this.rows.state.reset(row);
    return new RowStage(this, key, row);
  }

  close(row: number): void {
    this.#free.push(row);
  }

  /** Puts a row and its sample into the batch. */
  gather(stage: RowStage<In, K>, x: Float32Array): void {
    stage.place = this.#gathered.push(stage) - 1;
    this.#x.set(x, stage.place * this.model.input);
    if (stage.place === 0) this.#wake();
  }

  /** The sample that waits at a place. */
  sampleAt(place: number): Float32Array {
    const { input } = this.model;
    return this.#x.slice(place * input, (place + 1) * input);
  }

  /** Steps what has been gathered, in one call, and emits in the order of arrival. */
  flush(): void {
    const batch = this.#gathered;
    if (batch.length === 0) return;
    this.#gathered = [];
    for (const stage of batch) stage.place = -1;
    const { input, output } = this.model;
    const list = batch.map(({ row }) => row);
    const y = this.rows.step(list, this.#x.subarray(0, batch.length * input));
    batch.forEach(({ key }, i) => {
      this.emit({ key, value: y.slice(i * output, (i + 1) * output) });
    });
  }

  /** Drops what has been gathered. */
  clear(): void {
    this.waiting.length = 0;
    for (const stage of this.#gathered.splice(0)) stage.place = -1;
  }

  /** Gathers the rows that were restored with a sample waiting, in the order of arrival, once all of them are there. */
  regather(): void {
    const rows = this.waiting.splice(0).sort((a, b) => a.place - b.place);
    for (const { stage, x } of rows) this.gather(stage, x);
  }

  dispose(): void {
    this.clear();
    this.rows.dispose();
  }
}

/** One key's row. Its outputs go out by the batch, not by its own `emit`. */
class RowStage<In, K extends Key> implements KeyStage<In, Float32Array> {
  /** In the batch; -1: no sample waits. */
  place = -1;
  readonly #batch: KeyedBatch<In, K>;
  readonly #reader: SampleReader;

  constructor(
    batch: KeyedBatch<In, K>,
    readonly key: K,
    readonly row: number,
  ) {
    this.#batch = batch;
    this.#reader = new SampleReader('keyedPredict', batch.model.input, batch.options.onInvalid);
  }

  step(value: In): void {
    const { read, rows, options } = this.#batch;
    const sample: unknown = options.features ? options.features(value) : value;
    if (this.#reader.read(sample, read, 0) === 'skipped') return;
    try {
      rows.check(read, 'keyedPredict', this.#reader.index);
    } catch (error) {
      this.#reader.index--;
      throw error;
    }
    // A key steps in the order of its samples: the one that waits comes first.
    this.settle();
    this.#batch.gather(this, read);
  }

  settle(): void {
    if (this.place >= 0) this.#batch.flush();
  }

  snapshot(): Snapshot {
    const { place } = this;
    return {
      reader: this.#reader.snapshot(),
      state: this.#batch.rows.state.snapshot(this.row),
      waiting: place < 0 ? null : { place, x: this.#batch.sampleAt(place) },
    };
  }

  restore({ reader, state, waiting }: Snapshot): void {
    this.#batch.rows.state.restore(tensorsOf(snapshotRecord('keyedPredict', 'state', state)), this.row);
    this.#reader.restore(snapshotRecord('keyedPredict', 'reader', reader));
    if (waiting === null || waiting === undefined) return;
    const { place, x } = snapshotRecord('keyedPredict', 'waiting', waiting);
    if (typeof place !== 'number' || !(x instanceof Float32Array) || x.length !== this.#batch.model.input) {
      throw new EddyError(
        'invalid-state',
        'keyedPredict: a waiting sample must have its place and numbers; restore what snapshot() gave',
      );
    }
    this.#batch.waiting.push({ stage: this, place, x });
  }

  dispose(): void {
    this.#batch.close(this.row);
  }
}
