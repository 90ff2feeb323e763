import { specOf } from '../checkpoint/modelSpec.js';
import { EddyError } from '../core/errors.js';
import { Horizons } from '../learner/horizons.js';
import { createLearner, type Learner } from '../learner/learner.js';
import type { LabelStep, LearnStep, ScoredPrediction } from '../learner/learnStep.js';
import type { LearnerOptions } from '../learner/options.js';
import { lossOf } from '../nn/losses/registry.js';
import { Model } from '../nn/model/model.js';
import type { Runtime } from '../runtime/runtime.js';
import { type Batch, BEGINS, type HandOver, LABELLED, type LearnerRecord, type LearnerReport } from './messages.js';

/** What cannot travel in a message, and stands in the worker's own file. */
export type OwnOptions = Partial<Pick<LearnerOptions, 'loss' | 'schedule' | 'budget'>>;

/** A learner on a model of its own, which learns what comes in batches and reports its weights when it is time. */
export class HostedLearner implements Disposable {
  readonly #model: Model;
  readonly #learner: Learner;
  readonly #full: boolean;
  readonly #width: number;
  readonly #horizons: readonly number[];
  readonly #last: number;
  readonly #waiting: Horizons;
  readonly #every: HandOver;
  readonly #handOver: (block: Float32Array<ArrayBuffer>, learned: number) => void;
  readonly #spent: Float32Array<ArrayBuffer>[] = [];
  readonly #step: LearnStep;
  #learned = 0;
  /** Updates at the last hand-over. */
  #handed = 0;
  #loss = 0;
  #scored = 0;

  /** @throws EddyError `invalid-option`, `out-of-memory`. */
  constructor(
    runtime: Runtime,
    { definition, weights, loss, options, horizons, handOver }: LearnerRecord,
    own: OwnOptions,
    give: (block: Float32Array<ArrayBuffer>, learned: number) => void,
  ) {
    this.#model = new Model(runtime, specOf(definition));
    try {
      const given = own.loss ?? lossOf(loss);
      this.#model.writeBlock(weights);
      this.#learner = createLearner(this.#model, { ...options, ...own, loss: given });
      this.#width = given.targetWidth(this.#model.output, this.#model.spec.output);
    } catch (error) {
      this.#model.dispose();
      throw error;
    }
    this.#full = options.k1 === Number.POSITIVE_INFINITY;
    this.#horizons = horizons;
    this.#last = horizons[horizons.length - 1];
    this.#waiting = new Horizons(horizons, this.#width / horizons.length);
    this.#every = handOver;
    this.#handOver = give;
    const output = new Float32Array(this.#model.output);
    this.#step = { index: 0, output, scored: undefined, updated: false, gradientNorm: undefined };
  }

  /** Learns from the samples of a batch, in their order. */
  learn(batch: Batch): void {
    const { first, count, x, targets, flags, state } = batch;
    if (first !== this.#learned + 1) {
      if (!state)
        throw new EddyError(
          'invalid-state',
          `learnInWorker: batch ${first} must have its state, it has none; post one`,
        );
      this.#learner.restoreState(state);
    }
    const { input } = this.#model;
    const part = this.#width / this.#horizons.length;
    for (let i = 0; i < count; i++) {
      if (flags[i] & BEGINS) this.#note(this.#learner.reset());
      const target = flags[i] & LABELLED ? targets.subarray(i * part, (i + 1) * part) : undefined;
      this.#take(x.subarray(i * input, (i + 1) * input), target);
      this.#learned = first + i;
      this.#handOverIfDue();
    }
  }

  /** Makes full BPTT's one update, and hands the last weights over. */
  finish(): void {
    if (this.#full) this.#note(this.#learner.reset());
    if (this.#learner.counts.updates > this.#handed) this.#give();
  }

  report(): LearnerReport {
    const loss = this.#scored > 0 ? this.#loss / this.#scored : undefined;
    this.#loss = 0;
    this.#scored = 0;
    return { ...this.#learner.counts, learned: this.#learned, loss };
  }

  /** Takes back a block that was handed over, to be filled again. */
  spent(block: Float32Array<ArrayBuffer>): void {
    this.#spent.push(block);
  }

  dispose(): void {
    this.#learner.dispose();
    this.#model.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #take(x: Float32Array, target: Float32Array | undefined): void {
    const last = this.#last;
    if (last === 0) {
      this.#note(this.#learner.step(x, target, this.#step));
      return;
    }
    const { index } = this.#learner.step(x, undefined, this.#step);
    const label = this.#horizons.length > 1 ? this.#waiting.take(index, target) : target;
    if (label !== undefined && index > last) this.#note(this.#learner.label(index - last, label));
  }

  #note({ scored }: { scored?: ScoredPrediction | undefined } & LabelStep): void {
    if (!scored) return;
    this.#loss += scored.loss;
    this.#scored++;
  }

  #handOverIfDue(): void {
    const { updates } = this.#learner.counts;
    if (updates === this.#handed) return;
    const ready =
      'updates' in this.#every
        ? updates - this.#handed >= this.#every.updates
        : this.#learned % this.#every.samples === 0;
    if (ready) this.#give();
  }

  #give(): void {
    this.#handed = this.#learner.counts.updates;
    const block = this.#spent.pop() ?? new Float32Array(this.#model.block.floats);
    this.#model.readBlock(block);
    this.#handOver(block, this.#learned);
  }
}
