import { definitionOf } from '../checkpoint/modelSpec.js';
import { EddyError } from '../core/errors.js';
import { readSample, type Sample } from '../core/sample.js';
import { snapshotRecord } from '../core/snapshotRecord.js';
import type { Snapshot } from '../core/stage.js';
import { partWidth } from '../learner/horizons.js';
import type { Target } from '../learner/learnStep.js';
import { type Loss, readTarget } from '../nn/losses/loss.js';
import type { Model } from '../nn/model/model.js';
import { type State, tensorsOf } from '../nn/model/state.js';
import { LearnerLink } from './learnerLink.js';
import type { LearnerRecord, LearnerReport } from './messages.js';
import { type CheckedWorkerLearner, checkWorkerLearner, type WorkerLearnerOptions } from './options.js';
import type { Port } from './port.js';
import { SampleQueue } from './sampleQueue.js';

/** A prediction beside a learner. */
export interface WorkerLearnStep {
  /** The sample's number, from 1, counting on through resets. */
  index: number;
  output: Float32Array;
  /** The newest sample that the weights which made it have learned from; 0: they are the model's first. */
  learned: number;
}

export interface WorkerLearnerCounts {
  samples: number;
  /** Samples that the learner never saw: too many waited for it. */
  dropped: number;
  /** How often it has handed its weights over. */
  handOvers: number;
}

/**
 * Predicts here while a learner in another thread teaches the model: samples go to it in batches, its weights come back and are put into the
 * model between two samples. A step never waits for it.
 *
 *     using learner = createWorkerLearner(model, new Worker(url), { horizon: 1, k1: 8, k2: 32, loss: mse, optimizer: adam(1e-3) });
 *     const { output, learned } = learner.step([0.1, 0.2, 0.3, 0.4], 0.5);
 *
 * The worker's file calls `runLearnerWorker`. What is learned is what a learner in this thread would learn from the same samples, bit for bit;
 * when its weights come in depends on the threads. One message is on its way at a time, so batches grow with the load. If too many samples
 * wait, the oldest batch is dropped and counted; the learner then begins a new sequence, from the state that stood here.
 *
 * Asynchronous actors and a learner: Mnih et al. 2016, arXiv:1602.01783; Espeholt et al. 2018, arXiv:1802.01561.
 *
 * @param port a Worker or one end of a MessageChannel; `dispose` ends it
 * @throws EddyError `invalid-option`, `disposed`, `out-of-memory`.
 */
export function createWorkerLearner(model: Model, port: Port, options: WorkerLearnerOptions): WorkerLearner {
  return new WorkerLearner(model, port, options, checkWorkerLearner('createWorkerLearner', options));
}

/** One end of a learner in another thread. Made by `createWorkerLearner`. */
export class WorkerLearner implements Disposable {
  readonly counts: WorkerLearnerCounts = { samples: 0, dropped: 0, handOvers: 0 };
  /** The newest one, if any has come. */
  report: LearnerReport | undefined;
  readonly #model: Model;
  readonly #options: WorkerLearnerOptions;
  readonly #checked: CheckedWorkerLearner;
  readonly #state: State;
  readonly #waiting: SampleQueue;
  readonly #x: Float32Array;
  readonly #target: Float32Array;
  readonly #readTarget: NonNullable<Loss['readTarget']>;
  readonly #link: LearnerLink;
  #begins = false;
  #learned = 0;
  #disposed = false;

  /** @internal */
  constructor(model: Model, port: Port, options: WorkerLearnerOptions, checked: CheckedWorkerLearner) {
    model.requireOpen('createWorkerLearner');
    const { loss, state } = options;
    const { horizons, batch, maxWaiting } = checked;
    const part = partWidth('createWorkerLearner', loss, model, horizons.length);
    this.#model = model;
    this.#options = options;
    this.#checked = checked;
    this.#state = state ?? model.openState();
    this.#waiting = new SampleQueue(model.input, part, batch, maxWaiting);
    this.#x = new Float32Array(model.input);
    this.#target = new Float32Array(part);
    this.#readTarget = loss.readTarget ?? readTarget;
    this.#link = new LearnerLink(port, this.#waiting, {
      open: () => this.#record(),
      weights: (block, learned) => this.#takeWeights(block, learned),
      report: (report) => {
        this.report = report;
        options.onReport?.(report);
      },
      failed: (error) => options.onError?.(error),
    });
  }

  /**
   * Takes the next sample: predicts, and leaves the sample and the target that came with it to the learner.
   *
   * @param target that this sample brought: of the sample `horizon` before it; NaN marks a missing element; left out: it brought none
   * @param out a result of an earlier step, to be overwritten in place of a new one
   * @throws EddyError `invalid-sample`, `disposed`; the error that has ended the learner. Nothing has changed then.
   */
  step(x: Sample, target?: Target, out?: WorkerLearnStep): WorkerLearnStep {
    this.#requireOpen('learnerApart.step');
    const index = this.counts.samples + 1;
    readSample(x, this.#model.input, this.#x, 0, 'learnerApart.step', index);
    if (target !== undefined) {
      this.#target.fill(0);
      this.#readTarget(target, this.#target.length, this.#target, 0, 'learnerApart.step', index);
    }
    const before = this.#waiting.full ? this.#state.snapshot() : undefined;
    const output = this.#model.step(this.#x, this.#state, out?.output);
    this.counts.samples = index;
    this.#link.add(index, this.#x, target === undefined ? undefined : this.#target, this.#begins, before);
    this.counts.dropped = this.#waiting.dropped;
    this.#begins = false;
    const result = out ?? { index, output, learned: 0 };
    result.index = index;
    result.learned = this.#learned;
    return result;
  }

  /** Begins a new sequence: the state is zeros, here and where it is learned. */
  reset(): void {
    this.#requireOpen('learnerApart.reset');
    this.#state.reset();
    this.#begins = true;
  }

  /**
   * What predicts, as of the newest sample: the state, and the weights that have come so far. What the learner has beyond them (moments, a
   * window under way, samples on their way) is not in it.
   */
  snapshot(): Snapshot {
    this.#requireOpen('learnerApart.snapshot');
    const { samples, dropped, handOvers } = this.counts;
    const counts = { samples, dropped, handOvers };
    return { counts, learned: this.#learned, state: this.#state.snapshot(), weights: this.#model.readBlock() };
  }

  /**
   * Goes on from a snapshot, before the first sample: a new learner starts from its weights and state.
   * @throws EddyError `invalid-state` on a foreign record, or once samples have come. Nothing has changed then.
   */
  restore({ counts, learned, state, weights }: Snapshot): void {
    this.#requireOpen('learnerApart.restore');
    const wrong = (rule: string) =>
      new EddyError('invalid-state', `learnerApart.restore: ${rule}; restore what snapshot() gave into a new one`);
    const { samples, dropped, handOvers } = snapshotRecord('learnerApart.restore', 'counts', counts);
    if (this.counts.samples > 0) throw wrong(`no sample may have come before it, ${this.counts.samples} have`);
    if (
      !(weights instanceof Float32Array) ||
      weights.length !== this.#model.block.floats ||
      !weights.every(Number.isFinite)
    )
      throw wrong(`weights must be ${this.#model.block.floats} finite numbers, they are not`);
    this.#state.restore(tensorsOf(snapshotRecord('learnerApart.restore', 'state', state)));
    this.#model.writeBlock(weights);
    this.#learned = Number(learned);
    Object.assign(this.counts, { samples: Number(samples), dropped: Number(dropped), handOvers: Number(handOvers) });
    this.#waiting.dropped = this.counts.dropped;
  }

  /** Settles when the learner has learned all that waits and its last weights are in the model. Fails with what ends it before. */
  finish(): Promise<void> {
    this.#requireOpen('learnerApart.finish');
    return this.#link.finish();
  }

  /** Ends the learner and its worker, and frees the state; the model stays, with the weights that it has. May be called more than once. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (!this.#options.state) this.#state.dispose();
    this.#link.close();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Not before the first sample goes out: what was restored until then counts. */
  #record(): LearnerRecord {
    const { loss } = this.#options;
    const { horizons, handOver, travels: options } = this.#checked;
    const weights = new Float32Array(this.#model.block.floats);
    this.#model.readBlock(weights);
    return {
      definition: definitionOf(this.#model.spec),
      weights,
      loss: { name: loss.name, parameters: loss.parameters },
      options,
      horizons,
      handOver,
    };
  }

  #takeWeights(block: Float32Array, learned: number): void {
    if (this.#model.disposed) return;
    this.#model.writeBlock(block);
    this.#learned = learned;
    this.counts.handOvers++;
  }

  #requireOpen(where: string): void {
    if (this.#link.failure) throw this.#link.failure;
    if (!this.#disposed) return;
    throw new EddyError('disposed', `${where}: the learner must be open, it has been disposed; open a new one`);
  }
}
