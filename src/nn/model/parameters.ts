import { EddyError } from '../../core/errors.js';
import type { Random } from '../../core/random.js';
import { type ParameterSlot, parameterShape } from '../cells/parameter.js';
import { glorotUniform } from '../initializers.js';
import { embeddingOf, type ModelSpec, type PlacedLayer, recurrentLayers } from './definition.js';

/** A tensor with its name and shape, row-major, as PyTorch would have it. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A model's weights by name: 'layers.0.weight_ih' [gates·H, in] … 'output.bias' [O]. */
export type Weights = { readonly [name: string]: NamedTensor };

/** Where one named tensor stands in the block: element k at `places[k]`, in floats from the block's start. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly places: Int32Array;
}

/** Where a layer's parameters start, in floats; a slot that its cell does not use is left out. */
export type LayerPlaces = { readonly [slot in ParameterSlot]?: number };

/** The one float32 block of all parameters, packed as the kernels stream it. */
export interface ParameterBlock {
  readonly floats: number;
  readonly parameters: readonly Parameter[];
  readonly layers: readonly LayerPlaces[];
  /** The table of an embedding. */
  readonly embedding: number | undefined;
  readonly readout: { readonly W: number; readonly b: number } | undefined;
}

export const ceil4 = (n: number) => Math.ceil(n / 4) * 4;

/** Element (row, column) of a packed [rows × columns] matrix: panels of at most 7 vectors of columns, as even as can be. */
function packed(rows: number, columns: number): (row: number, column: number) => number {
  const vectors = columns / 4;
  const panels = Math.ceil(vectors / 7);
  const starts: number[] = [];
  const widths: number[] = [];
  const panelOf = new Int32Array(columns);
  for (let p = 0, start = 0; p < panels; p++) {
    const width = 4 * (Math.floor(vectors / panels) + (p < vectors % panels ? 1 : 0));
    panelOf.fill(p, start, start + width);
    starts.push(start);
    widths.push(width);
    start += width;
  }
  return (row, column) => {
    const p = panelOf[column];
    return starts[p] * rows + row * widths[p] + column - starts[p];
  };
}

/** Element (row j, unit u) of each gate of a matrix: a few packed ones, back to back, those that the kernel projects at once. */
function packedGates(panels: readonly number[], height: number, padded: number, start: number) {
  let before = 0;
  return panels.flatMap((gates) => {
    const at = packed(height, gates * padded);
    const from = start + before * height * padded;
    before += gates;
    return Array.from({ length: gates }, (_, g) => (j: number, u: number) => from + at(j, g * padded + u));
  });
}

/** What tfjs's heap grows to at the most. */
const MOST_BYTES = 2 ** 31;

/** Floats of a layer's parameter with such columns, padding included. */
const floatsOf = ({ cell, units, inputs }: PlacedLayer, columns: 'inputs' | 'units' | 'none') =>
  cell.gates * ceil4(units) * { inputs, units, none: 1 }[columns];

function refuseTooMany(spec: ModelSpec): void {
  const { output } = spec;
  const layers = recurrentLayers(spec);
  const floats = layers.reduce(
    (sum, layer) => sum + layer.cell.parameters.reduce((own, { columns }) => own + floatsOf(layer, columns), 0),
    (embeddingOf(spec)?.symbols ?? 0) * ceil4(embeddingOf(spec)?.width ?? 0) +
      (output ? output.units * ceil4(layers[layers.length - 1].units) : 0),
  );
  if (4 * floats <= MOST_BYTES) return;
  throw new EddyError(
    'out-of-memory',
    `createModel: the weights must fit into ${MOST_BYTES} bytes, they take ${4 * floats}; use fewer units, inputs or layers`,
  );
}

/** Lays a definition's parameters out. @throws EddyError `out-of-memory` where no heap can hold them. */
export function layOut(spec: ModelSpec): ParameterBlock {
  const { output } = spec;
  refuseTooMany(spec);
  let top = 0;
  const take = (floats: number) => {
    top += floats;
    return top - floats;
  };
  const parameters: Parameter[] = [];
  const add = (name: string, shape: readonly number[], place: (row: number, column: number) => number) => {
    const [rows, columns = 1] = shape;
    const places = new Int32Array(rows * columns);
    for (let k = 0; k < places.length; k++) places[k] = place(Math.floor(k / columns), k % columns);
    parameters.push({ name, shape, places });
  };

  const symbols = embeddingOf(spec);
  let embedding: number | undefined;
  if (symbols) {
    const padded = ceil4(symbols.width);
    const start = take(symbols.symbols * padded);
    add('layers.0.weight', [symbols.symbols, symbols.width], (row, j) => start + row * padded + j);
    embedding = start;
  }
  let width = 0;
  const layerPlaces = recurrentLayers(spec).map((layer) => {
    const { cell, units, name, inputs } = layer;
    const padded = ceil4(units);
    width = units;
    const places: { [slot in ParameterSlot]?: number } = {};
    for (const parameter of cell.parameters) {
      const start = take(floatsOf(layer, parameter.columns));
      places[parameter.slot] = start;
      const shape = parameterShape(parameter, { gates: cell.gates, units, inputs });
      // PyTorch's row g·H + u is gate g of unit u.
      const gateOf = (row: number) => cell.columns[Math.floor(row / units)];
      if (parameter.columns === 'none') {
        add(`${name}.${parameter.name}`, shape, (row) => start + gateOf(row) * padded + (row % units));
        continue;
      }
      const inGate = packedGates(cell.panels, shape[1], padded, start);
      add(`${name}.${parameter.name}`, shape, (row, j) => inGate[gateOf(row)](j, row % units));
    }
    return places;
  });

  let readout: ParameterBlock['readout'];
  if (output) {
    const inputs = ceil4(width);
    const W = take(output.units * inputs);
    const at = packed(output.units, inputs);
    add('output.weight', [output.units, width], (row, j) => W + at(row, j));
    const b = take(ceil4(output.units));
    add('output.bias', [output.units], (row) => b + row);
    readout = { W, b };
  }
  return { floats: top, parameters, embedding, layers: layerPlaces, readout };
}

/** Fresh weights: standard normal for an embedding, Glorot for what comes in, orthogonal for what comes back, biases 0 but for the cell's own start. */
export function initialWeights(spec: ModelSpec, random: Random): Weights {
  const { output } = spec;
  const weights: { [name: string]: NamedTensor } = {};
  const embedding = embeddingOf(spec);
  if (embedding) {
    const { symbols, width } = embedding;
    const data = Float32Array.from({ length: symbols * width }, random.normal);
    weights['layers.0.weight'] = { shape: [symbols, width], data };
  }
  let width = 0;
  for (const { cell, units, name, inputs } of recurrentLayers(spec)) {
    const size = { gates: cell.gates, units, inputs };
    for (const parameter of cell.parameters) {
      const shape = parameterShape(parameter, size);
      weights[`${name}.${parameter.name}`] = { shape, data: parameter.start(random, size) };
    }
    width = units;
  }
  if (output) {
    const data = Float32Array.from(glorotUniform(random, width, output.units, output.units * width));
    weights['output.weight'] = { shape: [output.units, width], data };
    weights['output.bias'] = { shape: [output.units], data: new Float32Array(output.units) };
  }
  return weights;
}

/** A copy of the block's tensors, unpacked. */
export function readTensors(block: ParameterBlock, memory: Float32Array, start: number): Weights {
  return Object.fromEntries(
    block.parameters.map(({ name, shape, places }) => {
      // A loop, since Float32Array.from with a function takes 30 times as long: checkpoints are read from here.
      const data = new Float32Array(places.length);
      for (let k = 0; k < places.length; k++) data[k] = memory[start + places[k]];
      return [name, { shape, data }];
    }),
  );
}

/**
 * Checks weights against the block, all before any is taken.
 * @throws EddyError `invalid-weights`: a name missing or unknown, another shape, a number that is not finite.
 */
export function checkTensors(where: string, block: ParameterBlock, given: Weights): void {
  const wrong = (message: string) => new EddyError('invalid-weights', `${where}: ${message}`);
  const known = new Set(block.parameters.map(({ name }) => name));
  const extra = Object.keys(given).find((name) => !known.has(name));
  if (extra !== undefined)
    throw wrong(`'${extra}' is not a tensor of this model; its tensors are ${[...known].join(', ')}`);
  for (const { name, shape, places } of block.parameters) {
    const tensor = Object.hasOwn(given, name) ? given[name] : undefined;
    if (!tensor) throw wrong(`'${name}' [${shape}] is missing; give every tensor of model.weights()`);
    const same = tensor.shape?.length === shape.length && tensor.shape.every((n, d) => n === shape[d]);
    if (!same || tensor.data?.length !== places.length) {
      throw wrong(`'${name}' must have shape [${shape}], got [${tensor.shape}] with ${tensor.data?.length} numbers`);
    }
    const bad = tensor.data.findIndex((value) => !Number.isFinite(Math.fround(value)));
    if (bad >= 0) throw wrong(`'${name}' must hold finite numbers, got ${tensor.data[bad]} at ${bad}`);
  }
}

/** Packs checked tensors into the block. */
export function writeTensors(block: ParameterBlock, given: Weights, memory: Float32Array, start: number): void {
  for (const { name, places } of block.parameters) {
    const { data } = given[name];
    for (let k = 0; k < places.length; k++) memory[start + places[k]] = data[k];
  }
}
