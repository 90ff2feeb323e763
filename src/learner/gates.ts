import type { Model } from '../nn/model/model.js';
import { ceil4 } from '../nn/model/parameters.js';
import { Track, TrackBytes } from '../runtime/kernels.generated.js';
import { withoutDropout } from './dropout.js';
import type { Tape } from './tape.js';

/** What a sample did inside every layer: 'layers.0.i' [rows·H] … by gate, and the states after it, 'layers.0.c', 'layers.0.h'. */
export type GateRecord = { readonly [name: string]: Float32Array };

/** Runs the sample in `slot` again with today's weights, from the state before it, and reads what its gates were. */
export function readGates(model: Model, tape: Tape, slot: number, rows: number): GateRecord {
  const { heap, kernels } = model.runtime;
  withoutDropout(model, tape, () => kernels.learnerForward(tape.learner, slot, 1));
  const memory = heap.f32;
  const read = (address: number, stride: number, units: number) => {
    const data = new Float32Array(rows * units);
    for (let row = 0; row < rows; row++) {
      const from = (address + row * stride) >> 2;
      data.set(memory.subarray(from, from + units), row * units);
    }
    return data;
  };
  return Object.fromEntries(
    model.layers.flatMap(({ cell, units, name: layer }, l) => {
      const field = (name: 'windowH' | 'windowC' | 'windowGates' | 'gateStride') =>
        heap.u32[(tape.tracks + l * TrackBytes + Track[name].at) >> 2];
      const width = ceil4(units) * 4;
      const at = (name: string, address: number, stride: number): [string, Float32Array] => [
        `${layer}.${name}`,
        read(address, stride, units),
      ];
      return [
        ...Object.keys(cell.gateNames).map((name, g) =>
          at(name, field('windowGates') + cell.columns[g] * width, field('gateStride')),
        ),
        ...(cell.cellState ? [at('c', field('windowC'), width)] : []),
        at('h', field('windowH'), width),
      ];
    }),
  );
}
