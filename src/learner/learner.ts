import { EddyError } from '../errors.js';
import { readTarget } from '../losses/loss.js';
import type { Model } from '../model/model.js';
import { checkTensors, type NamedTensor, writeTensors } from '../model/parameters.js';
import { checkState, OpenState, readState, type StateRecord, type StateTensor, writeState } from '../model/state.js';
import { Update } from '../runtime/kernels.generated.js';
import { writeRecord } from '../runtime/record.js';
import { readSample, type Sample } from '../sample.js';
import type { Snapshot } from '../stage.js';
import { type GateRecord, readGates } from './gates.js';
import { gradientNorms } from './lags/index.js';
import { type CheckedOptions, checkOptions, type LearnerOptions } from './options.js';
import { readTapeSnapshot, writeTapeSnapshot } from './snapshot.js';
import { openTape, type Tape } from './tape.js';
import { lossOfSample, updateByLoss } from './windowLoss.js';

/** A sample's target: one number for each output; NaN or undefined marks a missing one. */
export type Target = Sample | readonly (number | undefined)[];

/** A prediction whose target has come. */
export interface Due {
  /** The sample that it was made at. */
  index: number;
  output: Float32Array;
  target: Float32Array;
  /** Of this prediction, before anything was learned from it. */
  loss: number;
}

/** What one sample brought. */
export interface LearnStep {
  /** The sample's number, from 1. */
  index: number;
  /** The prediction made at it. */
  output: Float32Array;
  due?: Due;
  /** Has an update changed the weights? */
  updated: boolean;
  /** Of this step's update, before clipping. */
  gradientNorm?: number;
}

/** What a late label brought. */
export type LabelStep = Pick<LearnStep, 'due' | 'updated' | 'gradientNorm'>;

/** What a learner has counted since it was opened. */
export interface LearnerCounts {
  /** Samples seen. */
  samples: number;
  updates: number;
  /** Updates whose gradient was not finite: skipped. */
  nonFinite: number;
  /** Updates due on a window without a target: skipped. */
  unlabelled: number;
  /** Updates whose gradient was clipped by norm. */
  clipped: number;
  /** Labels that came too late or for no sample: dropped. */
  droppedLabels: number;
}

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
 * @throws EddyError `invalid-option`; `disposed`; `out-of-memory`.
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
    droppedLabels: 0,
  };
  readonly #model: Model;
  readonly #options: CheckedOptions;
  readonly #rows: number;
  readonly #targetWidth: number;
  readonly #readTarget: typeof readTarget;
  readonly #tape: Tape;
  /** The model's version when each slot's sample was streamed. */
  readonly #versions: Float64Array;
  /** Samples since the start or the last reset: the newest one's number. */
  #newest = 0;
  #front = 0;
  /** The number of the sample in slot 0. */
  #first = 1;
  /** β₁ᵏ and β₂ᵏ after the last update. */
  #powers: [number, number] = [1, 1];
  #disposed = false;

  /** @internal */
  constructor(model: Model, options: CheckedOptions) {
    model.requireOpen('openLearner');
    const { state, loss } = options;
    if (state !== undefined && (!(state instanceof OpenState) || state.owner !== model || state.disposed)) {
      throw new EddyError(
        'invalid-state',
        'openLearner: state must be an open one of this model; use model.openState()',
      );
    }
    this.#model = model;
    this.#options = options;
    this.#rows = state?.rows ?? 1;
    this.#targetWidth = loss.targetWidth(model.output, model.spec.output);
    this.#readTarget = loss.readTarget ?? readTarget;
    this.#tape = openTape(model, this.#rows, options);
    this.#versions = new Float64Array(this.#tape.slots);
    if (state) writeState(this.#memory, this.#tape.start, this.#rows, state.snapshot());
  }

  /**
   * Takes the next sample: predicts, and, where a target has come with it, scores the prediction and may learn.
   *
   * @param x [rows × input]
   * @param target [rows × outputs]; NaN or undefined marks a missing element; left out: the sample has no label (yet)
   * @param out a result of an earlier step, to be overwritten in place of a new one
   * @throws EddyError `invalid-sample`, `disposed`; `invalid-state` when the network's output is not finite any more (an unbounded cell
   * that diverged). Nothing has changed then.
   */
  step(x: Sample, target?: Target, out?: LearnStep): LearnStep {
    this.#requireOpen('learner.step');
    const model = this.#model;
    const rows = this.#rows;
    const tape = this.#tape;
    const index = this.#newest + 1;
    if (index - this.#first === tape.slots) this.#makeRoom(index);
    const slot = index - this.#first;
    const memory = this.#memory;
    readSample(x, rows * model.input, memory, (tape.x >> 2) + slot * rows * model.input, 'learner.step', index);
    this.#writeTarget(slot, target, index, 'learner.step');
    model.runtime.kernels.learnerStream(tape.learner, slot);
    const output = out?.output ?? new Float32Array(rows * model.output);
    const y = tape.y + slot * rows * model.outputPadded * 4;
    model.copyOutput(memory, y, rows, output);
    for (let i = 0; i < output.length; i++) if (!Number.isFinite(output[i])) this.#refuseOutput(index, output[i]);
    this.#versions[slot] = model.version;
    this.#newest = index;
    this.counts.samples++;
    const result: LearnStep = out ?? { index, output, updated: false };
    result.index = index;
    result.updated = false;
    delete result.gradientNorm;
    if (target === undefined) {
      delete result.due;
      return result;
    }
    this.#score(result, index, output);
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
    const result: LabelStep = { updated: false };
    if (this.#newest - index > this.#options.maxLag) {
      this.counts.droppedLabels++;
      return result;
    }
    const slot = index - this.#first;
    this.#writeTarget(slot, target, index, 'learner.label');
    const output = new Float32Array(this.#rows * this.#model.output);
    this.#model.copyOutput(this.#memory, this.#slotAddress(this.#tape.y, slot), this.#rows, output);
    this.#score(result, index, output);
    if (index > this.#front) this.#moveFront(index, result);
    return result;
  }

  /**
   * Ends the sequence: samples are numbered from 1 again, the state is zeros, the tape empty; weights and optimizer go on. With full BPTT
   * (k1 and k2 Infinity) the one update comes first.
   */
  reset(): LabelStep {
    this.#requireOpen('learner.reset');
    const result: LabelStep = { updated: false };
    if (this.#options.full && this.#front > 0) this.#update(this.#front, result);
    const memory = this.#memory;
    for (const { padded, address } of this.#tape.start)
      memory.fill(0, address >> 2, (address >> 2) + this.#rows * padded);
    this.#newest = 0;
    this.#front = 0;
    this.#first = 1;
    return result;
  }

  /** A copy of the running state, as of the newest sample: what a `State` of the same model can restore. */
  state(): StateRecord {
    this.#requireOpen('learner.state');
    return readState(this.#memory, this.#running(), this.#rows);
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

  /** Puts the running state in place; the samples before it are no longer learned from. */
  restoreState(from: StateRecord): void {
    this.#requireOpen('learner.restoreState');
    checkState('learner.restoreState', this.#tape.start, this.#rows, from);
    this.reset();
    writeState(this.#memory, this.#tape.start, this.#rows, from);
  }

  /** A copy of all that the learner needs to go on bit for bit: weights, moments, running state, tape, labels, counts. */
  snapshot(): Snapshot {
    this.#requireOpen('learner.snapshot');
    const versions = this.#versions.slice(0, this.#newest - this.#first + 1);
    return {
      newest: this.#newest,
      front: this.#front,
      first: this.#first,
      powers: [...this.#powers],
      counts: { ...this.counts },
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
    const { newest, front, first, powers, counts, fresh, weights, tape } = from;
    const whole = [newest, front, first].every((n) => typeof n === 'number' && Number.isSafeInteger(n) && n >= 0);
    if (!whole || !(fresh instanceof Float64Array) || !Array.isArray(powers)) {
      throw new EddyError(
        'invalid-state',
        'learner.restore: the record must be one that learner.snapshot() gave; it is not',
      );
    }
    const tensors: { [name: string]: NamedTensor } = {};
    for (const { name, shape } of this.#model.block.parameters) {
      const data = weights instanceof Object ? Reflect.get(weights, name) : undefined;
      if (data instanceof Float32Array) tensors[name] = { shape, data };
    }
    checkTensors('learner.restore', this.#model.block, tensors);
    writeTapeSnapshot(this.#model, this.#tape, fresh.length, tape);
    writeTensors(this.#model.block, tensors, this.#memory, this.#model.address >> 2);
    const version = ++this.#model.version;
    this.#newest = Number(newest);
    this.#front = Number(front);
    this.#first = Number(first);
    this.#powers = [Number(powers[0]), Number(powers[1])];
    Object.assign(this.counts, counts);
    this.#versions.set(fresh.map((same) => (same ? version : version - 1)));
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

  #slotAddress(strip: number, slot: number): number {
    return strip + slot * this.#rows * this.#model.outputPadded * 4;
  }

  /** The running state's tensors: those of the slot before the next sample's. */
  #running(): StateTensor[] {
    const slot = this.#newest - this.#first + 1;
    const { start, startSteps } = this.#tape;
    return start.map((tensor, k) => ({ ...tensor, address: tensor.address + slot * startSteps[k] }));
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

  #writeTarget(slot: number, target: Target | undefined, index: number, where: string): void {
    const { outputPadded } = this.#model;
    const width = this.#targetWidth;
    const rows = this.#rows;
    const at = this.#slotAddress(this.#tape.target, slot) >> 2;
    if (rows === 1) {
      this.#readTarget(target, width, this.#memory, at, where, index);
      return;
    }
    // All rows are read before any is written.
    const scratch = new Float32Array(rows * width).fill(Number.NaN);
    if (target !== undefined) {
      const list = typeof target === 'object' && target !== null;
      const given: readonly (number | undefined)[] = list ? Array.from(target) : [target];
      const single = this.#options.loss.single && given.length === rows;
      if (!single && given.length !== rows * width) readTarget(target, rows * width, scratch, 0, where, index);
      const each = single ? 1 : width;
      for (let row = 0; row < rows; row++) {
        const own = given.slice(row * each, (row + 1) * each);
        this.#readTarget(own, width, scratch, row * width, where, index);
      }
    }
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < width; i++) this.#memory[at + row * outputPadded + i] = scratch[row * width + i];
    }
  }

  /** The prediction made at `index`, its target and loss; nothing where all of the target is missing. */
  #score(result: LabelStep, index: number, output: Float32Array): void {
    const rows = this.#rows;
    const width = this.#targetWidth;
    const slot = index - this.#first;
    const { ofWindow } = this.#options.loss;
    const { learnerLossAt } = this.#model.runtime.kernels;
    let sum = 0;
    let present = 0;
    for (let row = 0; row < (ofWindow ? 1 : rows); row++) {
      const loss = ofWindow
        ? lossOfSample(this.#model, this.#tape, ofWindow, { slot, rows, width })
        : learnerLossAt(this.#tape.learner, slot, row);
      if (Number.isNaN(loss)) continue;
      sum += loss;
      present++;
    }
    if (present === 0) {
      delete result.due;
      return;
    }
    const due = result.due ?? { index, output, target: new Float32Array(rows * width), loss: 0 };
    due.index = index;
    due.output = output;
    due.loss = sum / present;
    const memory = this.#memory;
    const from = this.#slotAddress(this.#tape.target, slot) >> 2;
    for (let row = 0, to = 0; row < rows; row++) {
      for (let i = 0; i < width; i++) due.target[to++] = memory[from + row * this.#model.outputPadded + i];
    }
    result.due = due;
  }

  #moveFront(index: number, result: LabelStep): void {
    const { k1 } = this.#options;
    const due = Math.floor(index / k1) > Math.floor(this.#front / k1);
    this.#front = index;
    if (due) this.#update(index, result);
  }

  /** One update on the window that ends at the front. */
  #update(front: number, result: LabelStep): void {
    const { window, optimizer, clipNorm, schedule, loss, k1, k2 } = this.#options;
    const { heap, kernels } = this.#model.runtime;
    const { learner, update } = this.#tape;
    const steps = Math.min(window, front);
    const slot = front - steps + 1 - this.#first;
    const again = k1 < k2 || this.#versions[slot] !== this.#model.version;
    let rate = optimizer.rate * (schedule ? schedule(this.counts.updates + 1) : 1);
    if (!Number.isFinite(rate)) {
      throw new EddyError(
        'invalid-option',
        `learner: the schedule must give a finite factor, got ${rate / optimizer.rate} for update ${this.counts.updates + 1}`,
      );
    }
    const base = rate;
    let correction = 1;
    const powers: [number, number] = [...this.#powers];
    if (optimizer.corrected) {
      powers[0] *= optimizer.corrected[0];
      powers[1] *= optimizer.corrected[1];
      rate /= 1 - powers[0];
      correction = 1 / (1 - powers[1]);
    }
    writeRecord(heap, Update, update, { rate, base, d: correction });
    const norm = loss.ofWindow
      ? updateByLoss(this.#model, this.#tape, loss.ofWindow, {
          slot,
          rows: this.#rows,
          steps,
          width: this.#targetWidth,
          again,
        })
      : kernels.learnerUpdate(learner, slot, steps, again ? 1 : 0);
    if (norm < 0) {
      this.counts.unlabelled++;
      return;
    }
    result.gradientNorm = norm;
    if (!Number.isFinite(norm)) {
      this.counts.nonFinite++;
      return;
    }
    if (clipNorm !== undefined && clipNorm / (norm + 1e-6) < 1) this.counts.clipped++;
    this.#powers = powers;
    this.#model.version++;
    this.counts.updates++;
    result.updated = true;
  }

  /** For each layer and sample of the newest window. */
  #gradientNorms(where: string): Float64Array[] {
    this.#requireOpen(where);
    const steps = Math.min(this.#options.window, this.#front);
    if (steps === 0) return [];
    const slot = this.#front - steps + 1 - this.#first;
    const window = { slot, steps, rows: this.#rows, width: this.#targetWidth };
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
