import type { RnnOptions } from '../nn/cells/rnn/index.js';
import type { DenseActivation } from '../nn/readouts/dense/index.js';
import { invalidFile } from './invalidFile.js';
import { asArray, asCount, asObject, describe, type Json } from './json.js';

/** A model's shape as plain data, as createModel takes it. */
export interface ModelDefinition {
  readonly input: number;
  readonly layers: readonly LayerDefinition[];
  readonly output?: ReadoutDefinition;
  /** Does it add its first inputs to its outputs? Default false. */
  readonly skip?: boolean;
}
export type LayerDefinition = RecurrentDefinition | EmbeddingDefinition;
export interface RecurrentDefinition {
  readonly cell: CellName;
  readonly units: number;
  readonly resetAfter?: boolean;
  readonly activation?: RnnActivation;
  /** The part of the output that training hides. Default 0. */
  readonly dropout?: number;
}
export interface EmbeddingDefinition {
  readonly cell: 'embedding';
  readonly symbols: number;
  readonly width: number;
}
export interface ReadoutDefinition {
  readonly readout: 'dense';
  readonly units: number;
  readonly activation?: DenseActivation;
}

/** Gates of each cell: a layer's weights have gates · units rows. */
export const GATES = { lstm: 4, gru: 3, rnn: 1 } as const;
export type CellName = keyof typeof GATES;
export type RnnActivation = NonNullable<RnnOptions['activation']>;
const RNN_ACTIVATIONS: readonly RnnActivation[] = ['tanh', 'relu', 'sigmoid'];

export type { DenseActivation };

const DENSE_ACTIVATIONS: readonly DenseActivation[] = ['linear', 'sigmoid', 'softmax'];

export function isRnnActivation(name: unknown): name is RnnActivation {
  return RNN_ACTIVATIONS.some((known) => known === name);
}

export function isDenseActivation(name: unknown): name is DenseActivation {
  return DENSE_ACTIVATIONS.some((known) => known === name);
}

/**
 * The definition that a file holds, field by field; a field that this version does not know is refused, since a model without it would
 * be another model. Fails with `invalid-file`.
 */
export function readDefinition(json: Json | undefined, where: string): ModelDefinition {
  const { input, layers, output, skip, ...others } = asObject(json, where);
  refuseOthers(others, where);
  const definition = {
    input: asCount(input, `${where} input`, 1),
    layers: asArray(layers, `${where} layers`).map((layer, i) => readLayer(layer, `${where} layer ${i}`)),
  };
  if (skip !== undefined && typeof skip !== 'boolean')
    throw invalidFile(where, `skip must be true or false, got ${describe(skip)}`);
  const read = output === undefined ? definition : { ...definition, output: readReadout(output, `${where} output`) };
  return skip ? withSkip(read, where) : read;
}

/** The same model with its first inputs added to its outputs. Fails with `invalid-file` where it cannot have that. */
export function withSkip(definition: ModelDefinition, where: string): ModelDefinition {
  const { input, layers, output } = definition;
  const linear = output && (output.activation ?? 'linear') === 'linear' && output.units <= input;
  if (linear && layers[0]?.cell !== 'embedding') return { ...definition, skip: true };
  throw invalidFile(where, 'adds its input to its output; that needs a linear readout of no more outputs than inputs');
}

function readLayer(json: Json, where: string): LayerDefinition {
  const { cell, units, resetAfter, activation, dropout, symbols, width, ...others } = asObject(json, where);
  refuseOthers(others, where);
  if (cell === 'embedding') {
    refuseOthers({ units, resetAfter, activation, dropout }, where);
    return { cell, symbols: asCount(symbols, `${where} symbols`, 1), width: asCount(width, `${where} width`, 1) };
  }
  if (cell !== 'lstm' && cell !== 'gru' && cell !== 'rnn') {
    throw invalidFile(where, `cell must be lstm, gru, rnn or embedding, got ${describe(cell)}`);
  }
  refuseOthers({ symbols, width }, where);
  if (dropout !== undefined && !(typeof dropout === 'number' && dropout >= 0 && dropout < 1)) {
    throw invalidFile(where, `dropout must be from 0 to below 1, got ${describe(dropout)}`);
  }
  const hidden = dropout === undefined ? {} : { dropout };
  const layer: RecurrentDefinition = { cell, units: asCount(units, `${where} units`, 1), ...hidden };
  if (cell === 'gru' && resetAfter !== undefined) {
    if (typeof resetAfter !== 'boolean')
      throw invalidFile(where, `resetAfter must be true or false, got ${describe(resetAfter)}`);
    refuseOthers({ activation }, where);
    return { ...layer, resetAfter };
  }
  refuseOthers({ resetAfter }, where);
  if (cell === 'rnn' && activation !== undefined) {
    if (!isRnnActivation(activation)) throw invalidFile(where, `has the unknown activation ${describe(activation)}`);
    return { ...layer, activation };
  }
  refuseOthers({ activation }, where);
  return layer;
}

function readReadout(json: Json, where: string): ReadoutDefinition {
  const { readout, units, activation, ...others } = asObject(json, where);
  refuseOthers(others, where);
  if (readout !== 'dense') throw invalidFile(where, `readout must be dense, got ${describe(readout)}`);
  const dense = { readout, units: asCount(units, `${where} units`, 1) } as const;
  if (activation === undefined) return dense;
  if (!isDenseActivation(activation)) throw invalidFile(where, `has the unknown activation ${describe(activation)}`);
  return { ...dense, activation };
}

function refuseOthers(others: { [name: string]: Json | undefined }, where: string): void {
  for (const [name, value] of Object.entries(others)) {
    if (value !== undefined) throw invalidFile(where, `has a field that it cannot have, ${describe(name)}`);
  }
}
