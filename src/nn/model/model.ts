import { EddyError } from '../../core/errors.js';
import { createRandom } from '../../core/random.js';
import { readSample, type Sample } from '../../core/sample.js';
import { type Arena, createArena } from '../../runtime/heap.js';
import type { Runtime } from '../../runtime/runtime.js';
import { requireCount } from '../cells/cell.js';
import { checkSymbols, type EmbeddingSpec } from '../embedding/index.js';
import { checkDefinition, embeddingOf, type ModelSpec, type PlacedLayer, recurrentLayers } from './definition.js';
import {
  ceil4,
  checkTensors,
  initialWeights,
  layOut,
  type ParameterBlock,
  readTensors,
  type Weights,
  writeTensors,
} from './parameters.js';
import { placeModel } from './placement.js';
import { State } from './state.js';

/**
 * A network of stacked recurrent layers and a readout: weights that many streams may share, each with a state of its own.
 * Made by `createModel`.
 *
 *     const state = model.openState();
 *     const y = model.step([0.1, 0.2, 0.3, 0.4], state);
 */
export class Model implements Disposable {
  /** Numbers in a sample. */
  readonly input: number;
  /** Numbers in an output. */
  readonly output: number;
  /** @internal Its recurrent layers, from the input up. */
  readonly layers: readonly PlacedLayer[];
  /** @internal */
  readonly embedding: EmbeddingSpec | undefined;
  /** @internal Floats in a row of the output's slot. */
  readonly outputPadded: number;
  /** @internal Where the parameter block starts. */
  readonly address: number;
  /** @internal The kernels' record of the model. */
  readonly record: number;
  /** @internal Where its matrices stand. */
  readonly block: ParameterBlock;
  /** @internal Counts the changes of its weights. */
  version = 0;
  readonly #arena: Arena;
  #disposed = false;

  /** @internal Opens a model on a runtime that has started; `createModel` does both. */
  constructor(
    readonly runtime: Runtime,
    readonly spec: ModelSpec,
  ) {
    checkDefinition(spec);
    const { input, output, seed = 0 } = spec;
    const random = createRandom(seed);
    this.input = input;
    this.layers = recurrentLayers(spec);
    this.embedding = embeddingOf(spec);
    this.output = output ? output.units : this.layers[this.layers.length - 1].units;
    this.outputPadded = ceil4(this.output);
    this.block = layOut(spec);
    this.#arena = createArena(runtime.heap);
    try {
      const { address, record } = placeModel(this, this.#arena);
      this.address = address;
      this.record = record;
      writeTensors(this.block, initialWeights(spec, random), runtime.heap.f32, address >> 2);
    } catch (error) {
      this.#arena.dispose();
      throw error;
    }
  }

  /**
   * A state of zeros for `rows` independent rows. Dispose it when done.
   * @throws EddyError `disposed`; `invalid-option` unless rows is a whole number ≥ 1; `out-of-memory`.
   */
  openState(rows = 1): State {
    this.requireOpen('model.openState');
    requireCount('model.openState', 'rows', rows);
    return new State(this.runtime.heap, this.spec, this.outputPadded, rows, this);
  }

  /**
   * Moves the state one step and gives the output, [rows × output], in `out` where one is given.
   *
   * @param x the sample, [rows × input]: a number, an array or a Float32Array
   * @throws EddyError `disposed`; `invalid-sample` (wrong length, not finite); `invalid-state` (another model's state). The state
   * has not moved then.
   */
  step(x: Sample, state: State, out?: Float32Array): Float32Array {
    if (state?.owner !== this) {
      throw new EddyError(
        'invalid-state',
        'model.step: the state must be one that this model opened; use model.openState()',
      );
    }
    if (this.#disposed || state.disposed) this.#refuse('model.step', state);
    const { rows } = state;
    const { heap, kernels } = this.runtime;
    const size = rows * this.output;
    const result = out ?? new Float32Array(size);
    if (result.length !== size) {
      throw new EddyError('invalid-option', `model.step: out must have ${size} numbers, got ${result.length}`);
    }
    readSample(x, rows * this.input, heap.f32, state.input >> 2, 'model.step', 0);
    if (this.embedding) checkSymbols(this.embedding, heap.f32, state.input >> 2, rows, 'model.step', 0);
    kernels.modelStep(this.record, state.places, rows, state.input, state.output);
    this.copyOutput(heap.f32, state.output, rows, result);
    return result;
  }

  /** @internal Copies an output's rows from its slot, without their padding. */
  copyOutput(memory: Float32Array, slot: number, rows: number, out: Float32Array): void {
    const { output, outputPadded } = this;
    for (let row = 0; row < rows; row++) {
      const from = (slot >> 2) + row * outputPadded;
      const to = row * output;
      for (let i = 0; i < output; i++) out[to + i] = memory[from + i];
    }
  }

  /** A copy of the weights by PyTorch's names and layouts: 'layers.0.weight_ih' [gates·H, in] … 'output.bias' [O]. */
  weights(): Weights {
    this.requireOpen('model.weights');
    return readTensors(this.block, this.runtime.heap.f32, this.address >> 2);
  }

  /**
   * Takes weights of the same names and shapes, all of them; states and optimizers go on as they are.
   * @throws EddyError `invalid-weights`: a name missing or unknown, another shape, a number that is not finite. Nothing changes then.
   */
  setWeights(weights: Weights): void {
    this.requireOpen('model.setWeights');
    checkTensors('model.setWeights', this.block, weights);
    writeTensors(this.block, weights, this.runtime.heap.f32, this.address >> 2);
    this.version++;
  }

  /**
   * Takes the weights of another model of the same definition, in one copy: a few microseconds, between any two samples. States and
   * optimizers, of either model, go on as they are.
   *
   *     candidate.pipe(…); // learns beside
   *     live.copyWeights(candidate);
   *
   * @throws EddyError `invalid-weights` where the other has other layers; `disposed`. Nothing changes then.
   */
  copyWeights(from: Model): void {
    this.#requireTwin('model.copyWeights', from);
    this.writeBlock(from.#blockView());
  }

  /** Exchanges the weights of two models of one definition; else as `copyWeights`. */
  swapWeights(other: Model): void {
    this.#requireTwin('model.swapWeights', other);
    const mine = this.readBlock();
    this.writeBlock(other.#blockView());
    other.writeBlock(mine);
  }

  /** @internal A copy of the parameter block: the packed weights, of one layout in all models of one definition. */
  readBlock(out: Float32Array = new Float32Array(this.block.floats)): Float32Array {
    out.set(this.#blockView());
    return out;
  }

  /** @internal Takes the packed weights of a model of this definition; they must be finite. */
  writeBlock(from: Float32Array): void {
    this.#blockView().set(from);
    this.version++;
  }

  #blockView(): Float32Array {
    const from = this.address >> 2;
    return this.runtime.heap.f32.subarray(from, from + this.block.floats);
  }

  #requireTwin(where: string, other: Model): void {
    this.requireOpen(where);
    other.requireOpen(where);
    const [mine, theirs] = [shapeOf(this), shapeOf(other)];
    if (mine === theirs) return;
    throw new EddyError(
      'invalid-weights',
      `${where}: the other model must have layers ${mine}, got ${theirs}; open both from one definition`,
    );
  }

  /** Frees the weights. States and learners of it must not be used after. May be called more than once. */
  dispose(): void {
    this.#disposed = true;
    this.#arena.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @internal */
  get disposed(): boolean {
    return this.#disposed;
  }

  /** @internal */
  requireOpen(where: string): void {
    if (this.#disposed) this.#refuse(where);
  }

  #refuse(where: string, state?: State): never {
    const what = state?.disposed && !this.#disposed ? 'state' : 'model';
    throw new EddyError('disposed', `${where}: the ${what} must be open, it has been disposed; make a new one`);
  }
}

/** Layers and widths: what decides where each weight stands in the block, and what it means. */
function shapeOf({ layers, embedding, input, block, spec: { output } }: Model): string {
  const parts = layers.map(({ cell, variant, units }) => `${cell.name}.${variant}(${units})`);
  if (embedding) parts.unshift(`embedding(${embedding.symbols}, ${embedding.width})`);
  if (output) parts.push(`dense.${output.variant}(${output.units})`);
  return `${input} → ${parts.join(' → ')}: ${block.floats} floats`;
}
