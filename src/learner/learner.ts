// Over 250 lines, most of them its docs: the learner's public face; what it does stands in the files that it calls.
import { EddyError } from '../core/errors.js';
import { readSample, type Sample } from '../core/sample.js';
import type { Snapshot } from '../core/stage.js';
import { checkSymbols } from '../nn/embedding/index.js';
import type { Model } from '../nn/model/model.js';
import { checkState, readState, type StateRecord, type StateTensor, writeState } from '../nn/model/state.js';
import type { GateRecord } from './gates.js';
import { gatesOfNewest, type Inspected, normsByLag, normsByLayer } from './inspection.js';
import { Labels } from './labels.js';
import type { LearnerParts } from './learnerParts.js';
import { copyLearner, putLearner } from './learnerRecord.js';
import type { LabelStep, LearnerCounts, LearnStep, Target } from './learnStep.js';
import { makeRoom, moveNewestLabel, updateAtNewestLabel } from './newestLabel.js';
import { type CheckedOptions, checkLearnerOptions, type LearnerOptions } from './options.js';
import { requireFinite } from './requireFinite.js';
import { createTape, type Tape } from './tape.js';
import { Timeline } from './timeline.js';
import { Updater } from './updater.js';
import { UpdateThrottle } from './updateThrottle.js';

/**
 * Opens a learner: a running state on a model, that predicts each sample and learns from the targets by TBPTT(k1, k2).
 *
 *     using learner = createLearner(model, { k1: 8, k2: 32, loss: mse, optimizer: adam(1e-3), clipNorm: 1 });
 *     const { output, scored } = learner.step([0.1, 0.2, 0.3, 0.4], 0.5);
 *
 * Several learners may share a model: each has its own state and optimizer, and updates the shared weights at once.
 *
 * Williams & Peng 1990, doi 10.1162/neco.1990.2.4.490.
 *
 * @throws EddyError `invalid-option`; `invalid-state`; `disposed`; `out-of-memory`.
 */
export function createLearner(model: Model, options: LearnerOptions): Learner {
  return new Learner(model, checkLearnerOptions('createLearner', options));
}

/** A running state that learns. Made by `createLearner`. */
export class Learner implements Disposable {
  readonly counts: LearnerCounts = {
    samples: 0,
    updates: 0,
    nonFinite: 0,
    unlabelled: 0,
    clipped: 0,
    skipped: 0,
    droppedLabels: 0,
  };
  readonly #model: Model;
  readonly #rows: number;
  readonly #tape: Tape;
  readonly #labels: Labels;
  readonly #parts: LearnerParts;
  readonly #time: Timeline;
  #disposed = false;

  /** @internal */
  constructor(model: Model, options: CheckedOptions) {
    model.requireOpen('createLearner');
    const { state } = options;
    if (state !== undefined && (state.owner !== model || state.disposed)) {
      throw new EddyError(
        'invalid-state',
        'createLearner: state must be an open one of this model; use model.openState()',
      );
    }
    this.#model = model;
    this.#rows = state?.rows ?? 1;
    this.#tape = createTape(model, this.#rows, options);
    try {
      this.#labels = new Labels(model, this.#tape, this.#rows, options.loss);
    } catch (error) {
      this.#tape.arena.dispose();
      throw error;
    }
    const { counts } = this;
    const time = new Timeline(model, this.#tape.slots);
    const updater = new Updater(model, this.#tape, this.#labels, options, counts);
    this.#time = time;
    this.#parts = { model, options, tape: this.#tape, time, updater, throttle: new UpdateThrottle(options), counts };
    if (state) writeState(this.#memory, this.#tape.start, this.#rows, state.snapshot());
  }

  /**
   * Takes the next sample: predicts, and, where a target has come with it, scores the prediction and may learn.
   *
   * @param x [rows × input]
   * @param target [rows × outputs]; NaN or undefined marks a missing element; left out: the sample has no label (yet)
   * @param out a result of an earlier step, to be overwritten in place of a new one
   * @throws EddyError `invalid-sample`, `disposed`; `invalid-option` past `maxSteps`; `invalid-state` when the network's output is not
   * finite any more (an unbounded cell that diverged). Nothing has changed then.
   */
  step(x: Sample, target?: Target, out?: LearnStep): LearnStep {
    this.#requireOpen('learner.step');
    const model = this.#model;
    const tape = this.#tape;
    const time = this.#time;
    const rows = this.#rows;
    const index = time.newest + 1;
    if (index - time.first === tape.slots) makeRoom(this.#parts, index);
    // Until `newest` moves, the slot is not part of the tape: what is written there before an error counts for nothing.
    const slot = index - time.first;
    const memory = this.#memory;
    readSample(x, rows * model.input, memory, (tape.x >> 2) + slot * rows * model.input, 'learner.step', index);
    if (model.embedding)
      checkSymbols(model.embedding, memory, (tape.x >> 2) + slot * rows, rows, 'learner.step', index);
    this.#labels.write(slot, target, 'learner.step', index);
    const loss = model.runtime.kernels.learnerStream(tape.learner, slot);
    const output = this.#readOutput(slot, out?.output);
    requireFinite(output, index);
    time.stream(index);
    this.counts.samples++;
    const result: LearnStep = out ?? { index, output, scored: undefined, updated: false, gradientNorm: undefined };
    result.index = index;
    result.updated = false;
    result.gradientNorm = undefined;
    if (target === undefined) {
      result.scored = undefined;
      return result;
    }
    this.#labels.score(slot, index, output, loss, result);
    moveNewestLabel(this.#parts, index, result);
    return result;
  }

  /**
   * Takes the target of an earlier sample, at most `maxLag` samples late; a later one is dropped and counted.
   *
   * @param index the sample's number, as `step` returned it
   * @throws EddyError `invalid-sample` on a bad target, `invalid-option` on an index that is not a sample's; `disposed`.
   */
  label(index: number, target: Target): LabelStep {
    this.#requireOpen('learner.label');
    if (!Number.isSafeInteger(index) || index < 1 || index > this.#time.newest) {
      throw new EddyError(
        'invalid-option',
        `learner.label: index must be a sample's number from 1 to ${this.#time.newest}, got ${index}; label a sample after its step`,
      );
    }
    const result: LabelStep = { scored: undefined, updated: false, gradientNorm: undefined };
    if (this.#time.newest - index > this.#parts.options.maxLag) {
      this.counts.droppedLabels++;
      return result;
    }
    const slot = index - this.#time.first;
    this.#labels.write(slot, target, 'learner.label', index);
    const loss = this.#model.runtime.kernels.learnerLossAt(this.#tape.learner, slot);
    this.#labels.score(slot, index, this.#readOutput(slot), loss, result);
    if (index > this.#time.newestLabel) moveNewestLabel(this.#parts, index, result);
    return result;
  }

  /**
   * Ends the sequence: samples are numbered from 1 again, the state is zeros, the tape empty; weights and optimizer go on. With full BPTT
   * (k1 and k2 Infinity) the one update comes first.
   */
  reset(): LabelStep {
    this.#requireOpen('learner.reset');
    const result: LabelStep = { scored: undefined, updated: false, gradientNorm: undefined };
    if (this.#parts.options.full && this.#time.newestLabel > 0) updateAtNewestLabel(this.#parts, result);
    this.#begin();
    return result;
  }

  /**
   * While true the weights stay as they are: samples move the state, labels are scored and move the front, and each update that would come
   * is left out and counted as skipped. It may change between any two samples, and is part of a snapshot. The first update after it uses
   * the window that ends at its own front: it sees samples that came while the learner was frozen, as far as they are in its last k2.
   */
  get frozen(): boolean {
    return this.#parts.throttle.frozen;
  }

  set frozen(frozen: boolean) {
    this.#requireOpen('learner.frozen');
    this.#parts.throttle.frozen = frozen;
  }

  /** The optimizer's moments and bias corrections start from nothing; weights, state and schedule go on. */
  resetOptimizer(): void {
    this.#requireOpen('learner.resetOptimizer');
    this.#parts.updater.resetMoments();
  }

  /** A copy of the running state, as of the newest sample: what a `State` of the same model can restore. */
  state(): StateRecord {
    this.#requireOpen('learner.state');
    return readState(this.#memory, this.#running(), this.#rows);
  }

  /**
   * Begins a new sequence from the given running state; nothing is learned from the samples before it any more.
   * @throws EddyError `invalid-state` where it is of another shape or not finite. Nothing has changed then.
   */
  restoreState(from: StateRecord): void {
    this.#requireOpen('learner.restoreState');
    checkState('learner.restoreState', this.#tape.start, this.#rows, from);
    this.#begin();
    writeState(this.#memory, this.#tape.start, this.#rows, from);
  }

  /**
   * ‖∂ℓ/∂h_{F−k}‖₂ for k = 0 … w−1: how far back the newest window's gradient reaches. ℓ is the loss of the window's last labelled sample
   * alone, F the front, h all layers' states; with today's weights. Empty while no sample of the window has a label. It costs about an
   * update, and changes nothing.
   *
   * Hochreiter 1991; Bengio, Simard & Frasconi 1994, doi 10.1109/72.279181.
   */
  gradientNormByLag(): Float64Array {
    return normsByLag(this.#inspected('learner.gradientNormByLag'));
  }

  /** ‖∂ℓ/∂h_l‖₂ for each layer l from the input up, over all samples of the window: the same by depth. */
  gradientNormByLayer(): Float64Array {
    return normsByLayer(this.#inspected('learner.gradientNormByLayer'));
  }

  /**
   * What the newest sample did inside the layers, with today's weights: 'layers.0.i', f, g, o of an LSTM, r, z, n of a GRU, each [rows × H],
   * and the states after it, 'layers.0.c' and 'layers.0.h'. Empty before the first sample. Changes nothing.
   */
  gates(): GateRecord {
    return gatesOfNewest(this.#inspected('learner.gates'));
  }

  /** A copy of all that the learner needs to go on bit for bit: weights, moments, running state, tape, labels, counts. */
  snapshot(): Snapshot {
    this.#requireOpen('learner.snapshot');
    return copyLearner(this.#parts);
  }

  /**
   * Goes back to a snapshot of a learner of the same shape, its weights included.
   * @throws EddyError `invalid-state`, `invalid-weights`: it is of another shape. Nothing has changed then.
   */
  restore(from: Snapshot): void {
    this.#requireOpen('learner.restore');
    putLearner(this.#parts, from);
  }

  /** Frees its memory; the model stays. May be called more than once. */
  dispose(): void {
    this.#disposed = true;
    this.#tape.arena.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  get #memory(): Float32Array {
    return this.#model.runtime.heap.f32;
  }

  #readOutput(slot: number, out: Float32Array = new Float32Array(this.#rows * this.#model.output)): Float32Array {
    const y = this.#tape.y + slot * this.#rows * this.#model.outputPadded * 4;
    this.#model.copyOutput(this.#memory, y, this.#rows, out);
    return out;
  }

  /** The running state's tensors: those of the slot before the next sample's. */
  #running(): StateTensor[] {
    const slot = this.#time.newest - this.#time.first + 1;
    const { start, startSteps } = this.#tape;
    return start.map((tensor, k) => ({ ...tensor, address: tensor.address + slot * startSteps[k] }));
  }

  #begin(): void {
    const memory = this.#memory;
    for (const { padded, address } of this.#tape.start)
      memory.fill(0, address >> 2, (address >> 2) + this.#rows * padded);
    this.#time.begin();
  }

  #inspected(where: string): Inspected {
    this.#requireOpen(where);
    const { loss, window } = this.#parts.options;
    return { ...this.#parts, rows: this.#rows, width: this.#labels.width, loss, window };
  }

  #requireOpen(where: string): void {
    if (this.#disposed) {
      throw new EddyError(
        'disposed',
        `${where}: the learner must be open, it has been disposed; open a new one with createLearner()`,
      );
    }
    this.#model.requireOpen(where);
  }
}
