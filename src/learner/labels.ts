import { type Loss, readTarget } from '../nn/losses/loss.js';
import type { Model } from '../nn/model/model.js';
import type { LabelStep, Target } from './learnStep.js';
import type { Tape } from './tape.js';
import { lossOfSample } from './windowLoss.js';

/** The targets on a tape: written as they come, and held against what was predicted. */
export class Labels {
  readonly #model: Model;
  readonly #tape: Tape;
  readonly #loss: Loss;
  /** Numbers in one row's target. */
  readonly width: number;
  readonly #readRow: typeof readTarget;
  /** May one number stand for a row's whole target? */
  readonly #single: boolean;

  constructor(
    model: Model,
    tape: Tape,
    readonly rows: number,
    loss: Loss,
  ) {
    this.#model = model;
    this.#tape = tape;
    this.#loss = loss;
    this.width = loss.targetWidth(model.output, model.spec.output);
    this.#readRow = loss.readTarget ?? readTarget;
    this.#single = loss.single ?? false;
  }

  /** Writes the target of sample `index`. @throws EddyError `invalid-sample`; nothing has been written then. */
  write(slot: number, target: Target | undefined, where: string, index: number): void {
    const memory = this.#model.runtime.heap.f32;
    const at = this.#address(slot);
    if (this.rows === 1) {
      this.#readRow(target, this.width, memory, at, where, index);
      return;
    }
    // All rows are read before the first is written.
    const width = this.width;
    const read = new Float32Array(this.rows * width).fill(Number.NaN);
    if (target !== undefined) {
      const given: readonly (number | undefined)[] =
        typeof target === 'object' && target !== null ? Array.from(target) : [target];
      const one = this.#single && given.length === this.rows ? 1 : width;
      if (given.length !== this.rows * one) readTarget(target, this.rows * width, read, 0, where, index);
      for (let row = 0; row < this.rows; row++) {
        this.#readRow(given.slice(row * one, (row + 1) * one), width, read, row * width, where, index);
      }
    }
    for (let row = 0; row < this.rows; row++)
      memory.set(read.subarray(row * width, (row + 1) * width), at + row * this.#model.outputPadded);
  }

  /** Puts the prediction that was made at sample `index` into `result.scored`, with its loss; none where that is NaN: all of the target is missing. */
  score(slot: number, index: number, output: Float32Array, ofKernel: number, result: LabelStep): void {
    const { ofWindow } = this.#loss;
    const loss = ofWindow
      ? lossOfSample(this.#model, this.#tape, ofWindow, { slot, rows: this.rows, width: this.width })
      : ofKernel;
    if (Number.isNaN(loss)) {
      result.scored = undefined;
      return;
    }
    const width = this.width;
    const scored = result.scored ?? { index, output, target: new Float32Array(this.rows * width), loss: 0 };
    scored.index = index;
    scored.output = output;
    scored.loss = loss;
    const memory = this.#model.runtime.heap.f32;
    const from = this.#address(slot);
    for (let row = 0, to = 0; row < this.rows; row++) {
      for (let i = 0; i < width; i++) scored.target[to++] = memory[from + row * this.#model.outputPadded + i];
    }
    result.scored = scored;
  }

  /** In floats. */
  #address(slot: number): number {
    return (this.#tape.target >> 2) + slot * this.rows * this.#model.outputPadded;
  }
}
