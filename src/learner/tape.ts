import type { PlacedLayer } from '../nn/model/definition.js';
import type { Model } from '../nn/model/model.js';
import { ceil4 } from '../nn/model/parameters.js';
import { strideOf } from '../nn/model/placement.js';
import type { StateTensor } from '../nn/model/state.js';
import { type Arena, createArena } from '../runtime/heap.js';
import {
  LearnerBytes,
  Learner as LearnerRecord,
  Track,
  TrackBytes,
  Update,
  UpdateBytes,
} from '../runtime/kernels.generated.js';
import { writeRecord } from '../runtime/record.js';
import type { CheckedOptions } from './options.js';
import { type Strip, TapeMemory } from './tapeMemory.js';

/** A learner's memory: the tape of its newest samples, and what an update needs. Addresses in bytes. */
export interface Tape {
  readonly arena: Arena;
  readonly rows: number;
  /** The kernels' record. */
  readonly learner: number;
  readonly update: number;
  /** The layers' records. */
  readonly tracks: number;
  /** Samples that fit. */
  readonly slots: number;
  /** Of those, the newest that are kept when the tape is full. */
  readonly keep: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly target: number;
  /** [window × rows × output], of a window that was run again. */
  readonly windowY: number;
  /** [window × rows × output], the gradient of the output. */
  readonly dz: number;
  /** Blocks of the optimizer's moments. */
  readonly moments: readonly number[];
  /** Each layer's dropout mask [window × rows × Hp], 0 where it has none. */
  readonly masks: readonly number[];
  readonly gradients: number;
  /** The blocks with a place for every slot: bytes a slot, and slots before the first. */
  readonly strips: readonly Strip[];
  /** The running state's tensors as they stand in the slot before the first. */
  readonly start: readonly StateTensor[];
  /** Bytes from one slot of each state tensor to the next. */
  readonly startSteps: readonly number[];
}

/** Takes a tape's memory. With k1 ≥ k2 what streaming leaves in the gates is kept: such windows need not be run again. */
export function createTape(model: Model, rows: number, options: CheckedOptions): Tape {
  const arena = createArena(model.runtime.heap);
  try {
    return layTape(new TapeMemory(model, rows, options, arena));
  } catch (error) {
    arena.dispose();
    throw error;
  }
}

function layTape(memory: TapeMemory): Tape {
  const { model, rows, options, arena, slots, keep, strips, start, startSteps } = memory;
  const outputStride = model.outputPadded * 4;
  const learner = memory.take(LearnerBytes);
  const update = memory.take(UpdateBytes);
  const tracks = memory.take(model.layers.length * TrackBytes);
  const x = memory.strip('x', rows * model.input * 4);
  const target = memory.strip('target', rows * outputStride);
  const placed = model.layers.map((layer, l) => layTrack(memory, layer, tracks + l * TrackBytes));
  const outputs = layOutputs(memory, placed[placed.length - 1]);
  const { gradients, moments } = layUpdate(memory, update);
  const lossParameters = memory.take(Math.max(1, options.loss.parameters.length) * 4);
  model.runtime.heap.f32.set(options.loss.parameters, lossParameters >> 2);
  writeLearner(memory, learner, { update, tracks, x, target, lossParameters, ...outputs });
  const { y, z, windowY, dz } = outputs;
  const masks = placed.map(({ mask }) => mask);
  const places = { learner, update, tracks, x, y, z, target, windowY, dz, moments, masks, gradients };
  return { arena, rows, slots, keep, strips, start, startSteps, ...places };
}

/** One layer's states, gates and gradients. */
function layTrack(memory: TapeMemory, { cell, units, name, dropout }: PlacedLayer, track: number) {
  const { rows, options, model } = memory;
  const { window, k1, k2, training } = options;
  const padded = ceil4(units);
  const row = rows * padded * 4;
  const again = () => memory.take((window + 1) * row) + row;
  const gateStride = strideOf(cell.tape * padded);
  const dStride = strideOf(cell.deltas * padded);
  const h = memory.states(`${name}.h`, units);
  const windowH = again();
  const hides = training && dropout > 0;
  const mask = hides ? memory.take(window * row) : 0;
  const keepGates = k1 >= k2;
  writeRecord(model.runtime.heap, Track, track, {
    h,
    c: cell.cellState ? memory.states(`${name}.c`, units) : 0,
    gates: keepGates ? memory.strip(`${name}.gates`, rows * gateStride) : memory.take(rows * gateStride),
    gateStep: keepGates ? rows * gateStride : 0,
    gateStride,
    windowH,
    windowC: cell.cellState ? again() : 0,
    windowGates: memory.take(window * rows * gateStride),
    dGates: memory.take(window * rows * dStride),
    dStride,
    dropped: hides ? memory.take(window * row) : 0,
    mask,
    dhCarry: memory.take(row),
    dcCarry: cell.cellState ? memory.take(row) : 0,
  });
  return { h, windowH, mask };
}

/** Logits and outputs, of streaming and of a window; without a readout they are the last layer's h. */
function layOutputs(memory: TapeMemory, top: { h: number; windowH: number }) {
  const { model, rows, options } = memory;
  const stride = rows * model.outputPadded * 4;
  const { output } = model.spec;
  const linear = !output || output.activation === 'linear';
  const z = output ? memory.strip('z', stride) : top.h;
  const y = linear ? z : memory.strip('y', stride);
  const windowZ = output ? memory.take(options.window * stride) : top.windowH;
  const windowY = linear ? windowZ : memory.take(options.window * stride);
  return { z, y, windowZ, windowY, dz: memory.take(options.window * stride) };
}

/** The gradient, the optimizer's moments, and the record that its kernel reads. */
function layUpdate(memory: TapeMemory, update: number) {
  const { model, options } = memory;
  const { optimizer } = options;
  const bytes = model.block.floats * 4;
  const gradients = memory.take(bytes);
  const moments = Array.from({ length: optimizer.moments }, () => memory.take(bytes));
  writeRecord(model.runtime.heap, Update, update, {
    count: model.block.floats,
    parameters: model.address,
    gradients,
    first: moments[0] ?? 0,
    second: moments[1] ?? 0,
    ...optimizer.fields,
  });
  return { gradients, moments };
}

interface LearnerPlaces extends ReturnType<typeof layOutputs> {
  readonly update: number;
  readonly tracks: number;
  readonly x: number;
  readonly target: number;
  readonly lossParameters: number;
}

/** The record that the learner's kernels read. */
function writeLearner(memory: TapeMemory, learner: number, { y, z, windowY, windowZ, dz, ...places }: LearnerPlaces) {
  const { model, rows, options } = memory;
  const { window, loss, optimizer, clipNorm = 0, clipValue = 0 } = options;
  const { embedding, layers } = model;
  const widest = Math.max(...layers.map(({ units }) => ceil4(units)));
  const embedded = () => (embedding ? memory.take(window * rows * ceil4(embedding.width) * 4) : 0);
  writeRecord(model.runtime.heap, LearnerRecord, learner, {
    ...places,
    model: model.record,
    rows,
    outputs: model.output,
    outputStride: model.outputPadded * 4,
    z,
    y,
    dz,
    dh: memory.take(2 * window * rows * widest * 4),
    dhStep: window * rows * widest * 4,
    zeros: memory.take(widest * 4),
    embedded: embedded(),
    dx: embedded(),
    windowZ,
    windowY,
    loss: loss.kind,
    fused: loss.fused ? 1 : 0,
    alongTime: loss.alongTime ? 1 : 0,
    optimizer: optimizer.kind,
    clipValue,
    clipNorm,
  });
}
