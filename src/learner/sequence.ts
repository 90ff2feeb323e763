import { checkSymbols } from '../nn/embedding/index.js';
import { mse } from '../nn/losses/mse/index.js';
import type { Model } from '../nn/model/model.js';
import { ceil4, readTensors, type Weights } from '../nn/model/parameters.js';
import { readState, type StateRecord, type StateTensor, writeState } from '../nn/model/state.js';
import { sgd } from '../nn/optimizers/sgd/index.js';
import { Learner, Track, TrackBytes } from '../runtime/kernels.generated.js';
import { writeRecord } from '../runtime/record.js';
import { checkLearnerOptions } from './options.js';
import { createTape, type Tape } from './tape.js';

/** Gradients of a scalar by everything that a sequence depends on. */
export interface SequenceGradients {
  readonly weights: Weights;
  /** [steps × rows × input] */
  readonly x: Float32Array;
  /** Of the state before the first sample. */
  readonly state: StateRecord;
}

/**
 * A whole sequence of `steps` samples through a model, forward and backward, outside of any stream: y = f(x, state, weights) and, for a
 * given ȳ and gradient of the final state, all other gradients.
 */
export class Sequence implements Disposable {
  readonly #model: Model;
  readonly #tape: Tape;
  readonly #dx: number;
  readonly #dxPadded: number;

  constructor(
    model: Model,
    readonly rows: number,
    readonly steps: number,
  ) {
    this.#model = model;
    // Neither loss nor optimizer is used: the tape is all that is wanted.
    const options = checkLearnerOptions('sequence', {
      k1: Number.POSITIVE_INFINITY,
      k2: Number.POSITIVE_INFINITY,
      maxSteps: steps,
      loss: mse,
      optimizer: sgd(1),
    });
    this.#tape = createTape(model, rows, { ...options, training: false });
    this.#dxPadded = ceil4(model.embedding?.width ?? model.input);
    this.#dx = this.#tape.arena.take(steps * rows * this.#dxPadded * 4);
    writeRecord(model.runtime.heap, Learner, this.#tape.learner, { dx: this.#dx });
  }

  /** The outputs [steps × rows × output] and the final state, with today's weights. */
  forward(x: Float32Array, state: StateRecord): { y: Float32Array; state: StateRecord } {
    const { rows, steps } = this;
    const { heap, kernels } = this.#model.runtime;
    const memory = heap.f32;
    memory.set(x, this.#tape.x >> 2);
    const { embedding } = this.#model;
    if (embedding) checkSymbols(embedding, memory, this.#tape.x >> 2, rows * steps, 'sequence', 0);
    writeState(memory, this.#tape.start, rows, state);
    kernels.learnerForward(this.#tape.learner, 0, steps);
    const y = new Float32Array(steps * rows * this.#model.output);
    this.#model.copyOutput(memory, this.#tape.windowY, steps * rows, y);
    return { y, state: readState(memory, this.#last(), rows) };
  }

  /** After `forward`: from the gradient of the outputs, and of the final state where one is given. */
  backward(dy: Float32Array, dState?: StateRecord): SequenceGradients {
    const { rows, steps } = this;
    const { output, outputPadded, runtime } = this.#model;
    const { heap, kernels } = runtime;
    const memory = heap.f32;
    const dz = this.#tape.dz >> 2;
    for (let m = 0, from = 0; m < steps * rows; m++) {
      for (let i = 0; i < output; i++) memory[dz + m * outputPadded + i] = dy[from++];
    }
    const { gradients, learner } = this.#tape;
    memory.fill(0, gradients >> 2, (gradients >> 2) + this.#model.block.floats);
    const carried = this.#carried();
    if (dState) writeState(memory, carried, rows, dState);
    writeRecord(heap, Learner, learner, { carry: dState ? 1 : 0 });
    kernels.learnerBackward(learner, 0, steps, 1);
    const dx = new Float32Array(steps * rows * this.#model.input);
    // What a symbol means does not change with its number: its gradient stays 0.
    for (let m = 0, to = 0; m < steps * rows && !this.#model.embedding; m++) {
      for (let i = 0; i < this.#model.input; i++) dx[to++] = memory[(this.#dx >> 2) + m * this.#dxPadded + i];
    }
    return {
      weights: readTensors(this.#model.block, memory, gradients >> 2),
      x: dx,
      state: readState(memory, carried, rows),
    };
  }

  dispose(): void {
    this.#tape.arena.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** The state after the last sample, where a window that is run again leaves it. */
  #last(): StateTensor[] {
    return this.#fromTracks('windowH', 'windowC', (this.steps - 1) * this.rows);
  }

  /** The gradients of the state. */
  #carried(): StateTensor[] {
    return this.#fromTracks('dhCarry', 'dcCarry', 0);
  }

  #fromTracks(h: 'windowH' | 'dhCarry', c: 'windowC' | 'dcCarry', row: number): StateTensor[] {
    const { u32 } = this.#model.runtime.heap;
    return this.#tape.start.map(({ name, units, padded }) => {
      const [layer, part] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.') + 1)];
      const l = this.#model.layers.findIndex((placed) => placed.name === layer);
      const track = this.#tape.tracks + l * TrackBytes;
      const field = Track[part === 'h' ? h : c];
      return { name, units, padded, address: u32[(track + field.at) >> 2] + row * padded * 4 };
    });
  }
}
