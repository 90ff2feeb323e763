import { formOf } from '../../checkpoint/definition.js';
import { invalidFile } from '../../checkpoint/invalidFile.js';
import { readSafetensors } from '../../checkpoint/safetensors.js';
import type { WeightTensor } from '../../checkpoint/weights.js';
import type { RnnActivation } from '../../nn/cells/rnn/index.js';
import type { DenseActivation } from '../../nn/readouts/readout.js';
import { cellIn } from '../foreign.js';
import { assemble, type ReadoutPart, type RecurrentPart } from './assemble.js';
import type { Imported } from './imported.js';
import { TensorBag } from './tensorBag.js';

/** What a PyTorch state_dict does not say. */
export interface PytorchOptions {
  /** The nonlinearity of nn.RNN. Default `tanh`, as PyTorch's. */
  readonly activation?: RnnActivation;
  /** What follows the readout. Default `linear`. */
  readonly outputActivation?: DenseActivation;
}

const RECURRENT = /^(.*?)(weight_ih|weight_hh|bias_ih|bias_hh|weight_hr)(?:_l(\d+))?(_reverse)?$/;

/** Names of a readout without a bias, which an embedding would not have. */
const READOUT = /head|out|fc|lin|dense|proj|dec|class|read/i;

/**
 * A model from a PyTorch state_dict in a safetensors file: nn.Embedding (or none), nn.LSTM, nn.GRU or nn.RNN of one or more layers, or
 * several modules numbered by their names (also nn.LSTMCell …), and nn.Linear (or none), under whatever names the module gave them. F16,
 * BF16 and F64 become float32.
 *
 *     const { definition, weights } = importPytorch(await readFile('model.safetensors'));
 *
 * Fails with `invalid-file` on bidirectional layers, projections, a second readout, normalisation, and any tensor it has no use for.
 */
export function importPytorch(file: Uint8Array, options: PytorchOptions = {}): Imported {
  const where = 'PyTorch state_dict';
  return importStateDict(TensorBag.fromSafetensors(where, readSafetensors(file)), options);
}

/** A model from a state_dict that has been read already. */
export function importStateDict(bag: TensorBag, { activation, outputActivation }: PytorchOptions, skip = 0): Imported {
  const prefixes = recurrentPrefixes(bag);
  const layers = prefixes.flatMap((prefix) => takeModule(bag, prefix, activation));
  const width = layers[0]?.weightIh.shape[1];
  const isEmbedding = (name: string) =>
    (/emb\w*\.weight$/i.test(name) || name === 'layers.0.weight') && bag.shapeOf(name)[1] === width;
  const embedding = bag.names.filter(isEmbedding);
  if (embedding.length > 1) throw invalidFile(bag.where, `has several embeddings: ${embedding.join(', ')}`);
  const symbols = embedding[0] === undefined ? undefined : takeMatrix(bag, embedding[0]);
  const readout = takeReadout(bag, outputActivation, embedding.length === 0 ? width : undefined);
  bag.finish();
  return assemble(bag.where, { embedding: symbols, layers, readout, skip });
}

/** The prefixes of the recurrent modules, in their order. */
function recurrentPrefixes(bag: TensorBag): string[] {
  const prefixes = new Set<string>();
  for (const name of bag.names) {
    const [, prefix, what, , reverse] = RECURRENT.exec(name) ?? [];
    if (prefix === undefined) continue;
    if (reverse)
      throw invalidFile(bag.where, `"${name}" is of a bidirectional layer, which needs the future; not supported`);
    if (what === 'weight_hr')
      throw invalidFile(bag.where, `"${name}" is a projection (proj_size), which is not supported`);
    prefixes.add(prefix);
  }
  const stems = new Set([...prefixes].map((prefix) => prefix.replace(/\d+/g, '#')));
  if (stems.size > 1) {
    throw invalidFile(
      bag.where,
      `has recurrent modules whose order is unknown: ${[...prefixes].join(' ')}; number them`,
    );
  }
  return [...prefixes].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

function takeModule(bag: TensorBag, prefix: string, activation: RnnActivation | undefined): RecurrentPart[] {
  if (bag.has(`${prefix}weight_hh`)) return [takeLayer(bag, prefix, '', activation)];
  const parts: RecurrentPart[] = [];
  while (bag.has(`${prefix}weight_hh_l${parts.length}`)) {
    parts.push(takeLayer(bag, prefix, `_l${parts.length}`, activation));
  }
  return parts;
}

function takeLayer(
  bag: TensorBag,
  prefix: string,
  suffix: string,
  activation: RnnActivation | undefined,
): RecurrentPart {
  const name = (what: string) => `${prefix}${what}${suffix}`;
  const weightHh = takeMatrix(bag, name('weight_hh'));
  const weightIh = takeMatrix(bag, name('weight_ih'));
  const [rows = 0, units = 0] = weightHh.shape;
  const cell = cellIn('pytorch', (_, { gates }) => gates === rows / units);
  if (cell === undefined) {
    throw invalidFile(
      bag.where,
      `"${name('weight_hh')}" is [${weightHh.shape}]; a cell has 1, 3 or 4 gates of ${units} rows`,
    );
  }
  const biasIh = bag.takeIfAny(name('bias_ih'), [rows]);
  const biasHh = bag.takeIfAny(name('bias_hh'), [rows]);
  if ((biasIh === undefined) !== (biasHh === undefined)) {
    throw invalidFile(bag.where, `has only one of "${name('bias_ih')}" and "${name('bias_hh')}"`);
  }
  return { layer: { cell: cell.name, units, ...formOf(cell, { activation }) }, weightIh, weightHh, biasIh, biasHh };
}

/** `width` is what the first layer takes, where no embedding has been found: the one matrix might be that. */
function takeReadout(
  bag: TensorBag,
  activation: DenseActivation | undefined,
  width: number | undefined,
): ReadoutPart | undefined {
  const weights = bag.names.filter((name) => /(^|\.)weight$/.test(name));
  const [name] = weights;
  if (name === undefined) return undefined;
  if (weights.length > 1) {
    throw invalidFile(
      bag.where,
      `has several layers besides the recurrent ones, ${weights.join(', ')}; one readout is supported`,
    );
  }
  const weight = takeMatrix(bag, name);
  const bias = bag.takeIfAny(name.replace(/weight$/, 'bias'), [weight.shape[0] ?? 0]);
  if (bias === undefined && weight.shape[1] === width && !READOUT.test(name)) {
    throw invalidFile(
      bag.where,
      `"${name}" [${weight.shape}] may be an embedding or a readout; name it embedding.weight or head.weight`,
    );
  }
  return { weight, bias, activation };
}

function takeMatrix(bag: TensorBag, name: string): WeightTensor {
  const matrix = bag.take(name);
  if (matrix.shape.length !== 2 || matrix.data.length === 0) {
    throw invalidFile(bag.where, `"${name}" must be a matrix, got [${matrix.shape}]`);
  }
  return matrix;
}
