import type { Arena } from '../../runtime/heap.js';
import {
  Layer,
  LayerBytes,
  ModelBytes,
  Model as ModelRecord,
  PassBytes,
  Readout,
  ReadoutBytes,
} from '../../runtime/kernels.generated.js';
import { writeRecord } from '../../runtime/record.js';
import type { Runtime } from '../../runtime/runtime.js';
import type { EmbeddingSpec } from '../embedding/index.js';
import type { ModelSpec, PlacedLayer } from './definition.js';
import { ceil4, type ParameterBlock } from './parameters.js';

/** Rows that a step takes at once: their gates stay in the first-level cache. */
const TILE = 32;

/** Bytes from one row of gates to the next. A multiple of 1 kB would put every row into the same few cache sets. */
export const strideOf = (floats: number) => (floats % 256 === 0 ? floats * 4 + 64 : floats * 4);

/** What a model's place on the heap is made from. */
interface Shape {
  readonly runtime: Runtime;
  readonly spec: ModelSpec;
  readonly layers: readonly PlacedLayer[];
  readonly embedding: EmbeddingSpec | undefined;
  readonly block: ParameterBlock;
  readonly input: number;
  readonly output: number;
  readonly outputPadded: number;
}

/** Takes a model's memory, and writes what its kernels read of it: where the parameter block and the record stand. */
export function placeModel(model: Shape, arena: Arena): { address: number; record: number } {
  const { layers, embedding, block, outputPadded } = model;
  const { heap } = model.runtime;
  const { output, skip = false } = model.spec;
  const take = (bytes: number) => arena.take(bytes);
  const address = take(block.floats * 4);
  const at = (floats: number) => address + floats * 4;
  const record = take(ModelBytes);
  const first = take(layers.length * LayerBytes);
  layers.forEach(({ cell, units, variant, inputs }, l) => {
    const place = (floats: number | undefined) => (floats === undefined ? 0 : at(floats));
    const { W, U, b, b2 } = block.layers[l];
    writeRecord(heap, Layer, first + l * LayerBytes, {
      cell: cell.kind,
      variant,
      inputs,
      units,
      padded: ceil4(units),
      W: place(W),
      U: place(U),
      b: place(b),
      b2: place(b2),
    });
  });
  const readout = output ? take(ReadoutBytes) : 0;
  if (output && block.readout) {
    writeRecord(heap, Readout, readout, {
      activation: output.variant,
      inputs: ceil4(layers[layers.length - 1].units),
      outputs: output.units,
      padded: outputPadded,
      W: at(block.readout.W),
      b: at(block.readout.b),
    });
  }
  const gateStride = Math.max(...layers.map(({ cell, units }) => strideOf(cell.tape * ceil4(units))));
  const widest = Math.max(model.output, ...layers.flatMap(({ units, inputs }) => [units, inputs]));
  const embedded = embedding ? ceil4(embedding.width) * 4 : 0;
  writeRecord(heap, ModelRecord, record, {
    layers: layers.length,
    first,
    readout,
    pass: take(PassBytes),
    gates: take(TILE * gateStride),
    gateStride,
    tile: TILE,
    logits: take(TILE * outputPadded * 4),
    sums: take(ceil4(widest) * 16),
    inputs: model.input,
    skip: skip ? 1 : 0,
    embedding: block.embedding === undefined ? 0 : at(block.embedding),
    embeddedBytes: embedded,
    embedded: embedding ? take(TILE * embedded) : 0,
  });
  return { address, record };
}
