import { checkSymbols } from '../embedding/index.js';
import { EddyError } from '../errors.js';
import type { Model } from '../model/model.js';
import { checkState, readState, type StateRecord, type StateTensor, writeState } from '../model/state.js';
import { readSample, type Sample } from '../sample.js';
import type { Snapshot } from '../stage.js';
import { type GateRecord, readGates } from './gates.js';
import { Labels } from './labels.js';
import { gradientNorms } from './lags/index.js';
import type { LabelStep, LearnerCounts, LearnStep, Target } from './learnStep.js';
import { type CheckedOptions, checkOptions, type LearnerOptions } from './options.js';
import { Pace } from './pace.js';
import { checkSnapshot, readTapeSnapshot, writeSnapshot } from './snapshot.js';
import { openTape, type Tape } from './tape.js';
import { Updater } from './updater.js';

/**
 * Opens a learner: a running state on a model, that predicts each sample and learns from the targets by TBPTT(k1, k2).
 *
 *     using learner = openLearner(model, { k1: 8, k2: 32, loss: mse, optimizer: adam(1e-3), clipNorm: 1 });
 *     const { output, due } = learner.step([0.1, 0.2, 0.3, 0.4], 0.5);
 *
 * Several learners may share a model: each has its own state and optimizer, and updates the shared weights at once.
 *
 * Williams & Peng 1990, doi 10.1162/neco.1990.2.4.490.
 *
 * @throws EddyError `invalid-option`; `invalid-state`; `disposed`; `out-of-memory`.
 */
export function openLearner(model: Model, options: LearnerOptions): Learner {
  return new Learner(model, checkOptions('openLearner', options));
}

/** A running state that learns. Made by `openLearner`. */
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
  readonly #options: CheckedOptions;
  readonly #rows: number;
  readonly #tape: Tape;
  readonly #labels: Labels;
  readonly #updater: Updater;
  readonly #pace: Pace;
  /** The model's version when each slot's sample was streamed. */
  readonly #versions: Float64Array;
  /** Samples since the start or the last reset: the newest one's number. */
  #newest = 0;
  #front = 0;
  /** The number of the sample in slot 0. */
  #first = 1;
  #disposed = false;

  /** @internal */
  constructor(model: Model, options: CheckedOptions) {
    model.requireOpen('openLearner');
    const { state } = options;
    if (state !== undefined && (state.owner !== model || state.disposed)) {
      throw new EddyError(
        'invalid-state',
        'openLearner: state must be an open one of this model; use model.openState()',
      );
    }
    this.#model = model;
    this.#options = options;
    this.#rows = state?.rows ?? 1;
    this.#tape = openTape(model, this.#rows, options);
    try {
      this.#labels = new Labels(model, this.#tape, this.#rows, options.loss);
    } catch (error) {
      this.#tape.arena.dispose();
      throw error;
    }
    this.#updater = new Updater(model, this.#tape, this.#labels, options, this.counts);
    this.#pace = new Pace(options);
    this.#versions = new Float64Array(this.#tape.slots);
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
    const rows = this.#rows;
    const index = this.#newest + 1;
    if (index - this.#first === tape.slots) this.#makeRoom(index);
    // Until `#newest` moves, the slot is not part of the tape: what is written there before an error counts for nothing.
    const slot = index - this.#first;
    const memory = this.#memory;
    readSample(x, rows * model.input, memory, (tape.x >> 2) + slot * rows * model.input, 'learner.step', index);
    if (model.embedding)
      checkSymbols(model.embedding, memory, (tape.x >> 2) + slot * rows, rows, 'learner.step', index);
    this.#labels.write(slot, target, 'learner.step', index);
    const loss = model.runtime.kernels.learnerStream(tape.learner, slot);
    const output = this.#readOutput(slot, out?.output);
    for (let i = 0; i < output.length; i++) if (!Number.isFinite(output[i])) this.#refuseOutput(index, output[i]);
    this.#versions[slot] = model.version;
    this.#newest = index;
    this.counts.samples++;
    const result: LearnStep = out ?? { index, output, due: undefined, updated: false, gradientNorm: undefined };
    result.index = index;
    result.updated = false;
    result.gradientNorm = undefined;
    if (target === undefined) {
      result.due = undefined;
      return result;
    }
    this.#labels.score(slot, index, output, loss, result);
    this.#moveFront(index, result);
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
    if (!Number.isSafeInteger(index) || index < 1 || index > this.#newest) {
      throw new EddyError(
        'invalid-option',
        `learner.label: index must be a sample's number from 1 to ${this.#newest}, got ${index}; label a sample after its step`,
      );
    }
    const result: LabelStep = { due: undefined, updated: false, gradientNorm: undefined };
    if (this.#newest - index > this.#options.maxLag) {
      this.counts.droppedLabels++;
      return result;
    }
    const slot = index - this.#first;
    this.#labels.write(slot, target, 'learner.label', index);
    const loss = this.#model.runtime.kernels.learnerLossAt(this.#tape.learner, slot);
    this.#labels.score(slot, index, this.#readOutput(slot), loss, result);
    if (index > this.#front) this.#moveFront(index, result);
    return result;
  }

  /**
   * Ends the sequence: samples are numbered from 1 again, the state is zeros, the tape empty; weights and optimizer go on. With full BPTT
   * (k1 and k2 Infinity) the one update comes first.
   */
  reset(): LabelStep {
    this.#requireOpen('learner.reset');
    const result: LabelStep = { due: undefined, updated: false, gradientNorm: undefined };
    if (this.#options.full && this.#front > 0) this.#update(result);
    this.#begin();
    return result;
  }

  /**
   * While true the weights stay as they are: samples move the state, labels are scored and move the front, and each update that falls due
   * is left out and counted as skipped. It may change between any two samples, and is part of a snapshot. The first update after it uses
   * the window that ends at its own front: it sees samples that came while the learner was frozen, as far as they are in its last k2.
   */
  get frozen(): boolean {
    return this.#pace.frozen;
  }

  set frozen(frozen: boolean) {
    this.#requireOpen('learner.frozen');
    this.#pace.frozen = frozen;
  }

  /** The optimizer's moments and bias corrections start from nothing; weights, state and schedule go on. */
  resetOptimizer(): void {
    this.#requireOpen('learner.resetOptimizer');
    const { floats } = this.#model.block;
    for (const address of this.#tape.moments) this.#memory.fill(0, address >> 2, (address >> 2) + floats);
    this.#updater.powers = [1, 1];
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
    const norms = this.#gradientNorms('learner.gradientNormByLag');
    const steps = norms[0]?.length ?? 0;
    return Float64Array.from({ length: steps }, (_, k) => length(norms.map((layer) => layer[steps - 1 - k])));
  }

  /** ‖∂ℓ/∂h_l‖₂ for each layer l from the input up, over all samples of the window: the same by depth. */
  gradientNormByLayer(): Float64Array {
    return Float64Array.from(this.#gradientNorms('learner.gradientNormByLayer'), length);
  }

  /**
   * What the newest sample did inside the layers, with today's weights: 'layers.0.i', f, g, o of an LSTM, r, z, n of a GRU, each [rows × H],
   * and the states after it, 'layers.0.c' and 'layers.0.h'. Empty before the first sample. Changes nothing.
   */
  gates(): GateRecord {
    this.#requireOpen('learner.gates');
    return this.#newest > 0 ? readGates(this.#model, this.#tape, this.#newest - this.#first, this.#rows) : {};
  }

  /** A copy of all that the learner needs to go on bit for bit: weights, moments, running state, tape, labels, counts. */
  snapshot(): Snapshot {
    this.#requireOpen('learner.snapshot');
    const versions = this.#versions.slice(0, this.#newest - this.#first + 1);
    return {
      newest: this.#newest,
      front: this.#front,
      first: this.#first,
      optimizer: this.#options.optimizer.name,
      powers: [...this.#updater.powers],
      counts: { ...this.counts },
      pace: this.#pace.snapshot(),
      ...(this.#updater.random && { random: this.#updater.random.snapshot() }),
      fresh: versions.map((version) => (version === this.#model.version ? 1 : 0)),
      weights: Object.fromEntries(Object.entries(this.#model.weights()).map(([name, { data }]) => [name, data])),
      tape: readTapeSnapshot(this.#model, this.#tape, versions.length),
    };
  }

  /**
   * Goes back to a snapshot of a learner of the same shape, its weights included.
   * @throws EddyError `invalid-state`, `invalid-weights`: it is of another shape. Nothing has changed then.
   */
  restore(from: Snapshot): void {
    this.#requireOpen('learner.restore');
    const { name } = this.#options.optimizer;
    if (from.optimizer !== name) {
      throw new EddyError(
        'invalid-state',
        `learner.restore: the snapshot must be of ${name}, got one of ${String(from.optimizer)}, whose moments mean something else; open the learner with that optimizer`,
      );
    }
    const checked = checkSnapshot(this.#model, this.#tape, this.counts, from);
    writeSnapshot(this.#model, checked);
    if (checked.random) this.#updater.random?.restore(checked.random);
    const version = ++this.#model.version;
    this.#newest = checked.newest;
    this.#front = checked.front;
    this.#first = checked.first;
    this.#updater.powers = [...checked.powers];
    Object.assign(this.counts, checked.counts);
    this.#pace.restore(from.pace);
    this.#versions.set(checked.fresh.map((same) => (same ? version : version - 1)));
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
    const slot = this.#newest - this.#first + 1;
    const { start, startSteps } = this.#tape;
    return start.map((tensor, k) => ({ ...tensor, address: tensor.address + slot * startSteps[k] }));
  }

  #begin(): void {
    const memory = this.#memory;
    for (const { padded, address } of this.#tape.start)
      memory.fill(0, address >> 2, (address >> 2) + this.#rows * padded);
    this.#newest = 0;
    this.#front = 0;
    this.#first = 1;
  }

  #makeRoom(index: number): void {
    const { keep, slots, learner } = this.#tape;
    if (this.#options.full) {
      throw new EddyError(
        'invalid-option',
        `learner.step: full BPTT must see at most maxSteps = ${this.#options.maxSteps} samples before reset(), sample ${index} is one more; raise maxSteps or give k1 and k2`,
      );
    }
    const from = slots - keep;
    this.#model.runtime.kernels.learnerSlide(learner, from, keep);
    this.#versions.copyWithin(0, from);
    this.#first += from;
  }

  #moveFront(index: number, result: LabelStep): void {
    const { k1 } = this.#options;
    const due = Math.floor(index / k1) > Math.floor(this.#front / k1);
    this.#front = index;
    if (due) this.#update(result);
  }

  /** One update on the window that ends at the front. */
  #update(result: LabelStep): void {
    const { window, k1, k2 } = this.#options;
    const steps = Math.min(window, this.#front);
    const slot = this.#front - steps + 1 - this.#first;
    const changed = this.#versions[slot] !== this.#model.version;
    const again = k1 < k2 || changed || this.#updater.random !== undefined;
    const made = this.#pace.due(this.counts.samples, () => this.#updater.update(slot, steps, again, result));
    if (!made) this.counts.skipped++;
  }

  /** For each layer and sample of the newest window. */
  #gradientNorms(where: string): Float64Array[] {
    this.#requireOpen(where);
    const steps = Math.min(this.#options.window, this.#front);
    if (steps === 0) return [];
    const window = { slot: this.#front - steps + 1 - this.#first, steps, rows: this.#rows, width: this.#labels.width };
    return gradientNorms(this.#model, this.#tape, window, this.#options.loss.ofWindow) ?? [];
  }

  #requireOpen(where: string): void {
    if (this.#disposed) {
      throw new EddyError(
        'disposed',
        `${where}: the learner must be open, it has been disposed; open a new one with openLearner()`,
      );
    }
    this.#model.requireOpen(where);
  }

  #refuseOutput(index: number, value: number): never {
    throw new EddyError(
      'invalid-state',
      `learner.step: the output at sample ${index} must be finite, got ${value}; the state has grown without bound: use a bounded cell, clip, or scale the input`,
    );
  }
}

const length = (v: ArrayLike<number>): number => Math.sqrt(Array.from(v).reduce((sum, x) => sum + x * x, 0));
