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

/** One part of the tape: `bytes` for each slot, from `address` on. */
export interface Strip {
  readonly name: string;
  readonly address: number;
  readonly bytes: number;
}

/** Takes a tape's memory. With k1 ≥ k2 what streaming leaves in the gates is kept: such windows need not be run again. */
export function createTape(model: Model, rows: number, options: CheckedOptions): Tape {
  const { heap } = model.runtime;
  const { layers, embedding } = model;
  const { window, maxLag, full, k1, k2, loss, optimizer, clipNorm = 0, clipValue = 0, training } = options;
  const keep = full ? window : window + maxLag;
  const slots = full ? keep : 2 * keep + 16;
  const keepGates = k1 >= k2;
  const arena = createArena(heap);
  const take = (bytes: number) => arena.take(bytes);
  const strips: Strip[] = [];
  const strip = (name: string, bytes: number) => {
    const address = take(slots * bytes);
    strips.push({ name, address, bytes });
    return address;
  };
  try {
    const outputStride = model.outputPadded * 4;
    const widest = Math.max(...layers.map(({ units }) => ceil4(units)));
    const learner = take(LearnerBytes);
    const update = take(UpdateBytes);
    const tracks = take(layers.length * TrackBytes);
    const x = strip('x', rows * model.input * 4);
    const target = strip('target', rows * outputStride);
    const start: StateTensor[] = [];
    const startSteps: number[] = [];
    let top = { h: 0, windowH: 0 };
    const masks: number[] = [];
    layers.forEach(({ cell, units, name: layer, dropout }, l) => {
      const padded = ceil4(units);
      const row = rows * padded * 4;
      // Each strip of states has one slot more, in front: the state before the first sample.
      const states = (name: string) => {
        const address = take((slots + 1) * row) + row;
        strips.push({ name: `${layer}.${name}`, address, bytes: row });
        start.push({ name: `${layer}.${name}`, units, padded, address: address - row });
        startSteps.push(row);
        return address;
      };
      const again = () => take((window + 1) * row) + row;
      const gateStride = strideOf(cell.tape * padded);
      const dStride = strideOf(cell.deltas * padded);
      const h = states('h');
      const windowH = again();
      top = { h, windowH };
      const hides = training && dropout > 0;
      masks.push(hides ? take(window * row) : 0);
      writeRecord(heap, Track, tracks + l * TrackBytes, {
        h,
        c: cell.cellState ? states('c') : 0,
        gates: keepGates ? strip(`${layer}.gates`, rows * gateStride) : take(rows * gateStride),
        gateStep: keepGates ? rows * gateStride : 0,
        gateStride,
        windowH,
        windowC: cell.cellState ? again() : 0,
        windowGates: take(window * rows * gateStride),
        dGates: take(window * rows * dStride),
        dStride,
        dropped: hides ? take(window * row) : 0,
        mask: masks[l],
        dhCarry: take(row),
        dcCarry: cell.cellState ? take(row) : 0,
      });
    });
    const { output } = model.spec;
    const linear = !output || output.activation === 'linear';
    const z = output ? strip('z', rows * outputStride) : top.h;
    const y = linear ? z : strip('y', rows * outputStride);
    const windowZ = output ? take(window * rows * outputStride) : top.windowH;
    const windowY = linear ? windowZ : take(window * rows * outputStride);
    const dz = take(window * rows * outputStride);
    const bytes = model.block.floats * 4;
    const gradients = take(bytes);
    const moments = Array.from({ length: optimizer.moments }, () => take(bytes));
    const lossParameters = take(Math.max(1, loss.parameters.length) * 4);
    heap.f32.set(loss.parameters, lossParameters >> 2);
    writeRecord(heap, Update, update, {
      count: model.block.floats,
      parameters: model.address,
      gradients,
      first: moments[0] ?? 0,
      second: moments[1] ?? 0,
      ...optimizer.fields,
    });
    writeRecord(heap, LearnerRecord, learner, {
      model: model.record,
      rows,
      outputs: model.output,
      outputStride,
      x,
      z,
      y,
      target,
      tracks,
      dz,
      dh: take(2 * window * rows * widest * 4),
      dhStep: window * rows * widest * 4,
      zeros: take(widest * 4),
      embedded: embedding ? take(window * rows * ceil4(embedding.width) * 4) : 0,
      dx: embedding ? take(window * rows * ceil4(embedding.width) * 4) : 0,
      windowZ,
      windowY,
      loss: loss.kind,
      fused: loss.fused ? 1 : 0,
      alongTime: loss.alongTime ? 1 : 0,
      lossParameters,
      optimizer: optimizer.kind,
      update,
      clipValue,
      clipNorm,
    });
    return {
      arena,
      rows,
      learner,
      update,
      tracks,
      slots,
      keep,
      x,
      y,
      z,
      target,
      windowY,
      dz,
      moments,
      masks,
      gradients,
      strips,
      start,
      startSteps,
    };
  } catch (error) {
    arena.dispose();
    throw error;
  }
}
