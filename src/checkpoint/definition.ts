import type { Cell, CellForm } from '../nn/cells/cell.js';
import { cells } from '../nn/cells/registry.js';
import type { DenseActivation } from '../nn/readouts/readout.js';
import { readouts } from '../nn/readouts/registry.js';
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
/** A recurrent layer: its cell by name, and the cell's own options, such as `resetAfter` of gru. */
export interface RecurrentDefinition {
  readonly cell: string;
  readonly units: number;
  /** The part of the output that training hides. Default 0. */
  readonly dropout?: number;
  readonly [option: string]: string | number | boolean | undefined;
}
export interface EmbeddingDefinition {
  readonly cell: 'embedding';
  readonly symbols: number;
  readonly width: number;
}
export interface ReadoutDefinition {
  readonly readout: string;
  readonly units: number;
  readonly activation?: DenseActivation;
}

export const isEmbedding = (layer: LayerDefinition | undefined): layer is EmbeddingDefinition =>
  layer?.cell === 'embedding';

/** The cell of a layer's definition. Fails with `invalid-file` on a name that no cell has. */
export function cellOf({ cell }: RecurrentDefinition, where: string): Cell {
  const found = cells.find(cell);
  if (found) return found;
  throw invalidFile(where, `cell must be one of ${cells.names}, embedding, got ${describe(cell)}`);
}

/** A cell's form from what is known of it: each option as given, or its default. */
export const formOf = ({ options }: Cell, given: { readonly [option: string]: unknown } = {}): CellForm =>
  Object.fromEntries(
    Object.entries(options).map(([name, { values, default: usual }]) => [
      name,
      values.find((value) => value === given[name]) ?? usual,
    ]),
  );

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
  if (linear && !isEmbedding(layers[0])) return { ...definition, skip: true };
  throw invalidFile(where, 'adds its input to its output; that needs a linear readout of no more outputs than inputs');
}

function readLayer(json: Json, where: string): LayerDefinition {
  const { cell, ...rest } = asObject(json, where);
  if (cell === 'embedding') {
    const { symbols, width, ...others } = rest;
    refuseOthers(others, where);
    return { cell, symbols: asCount(symbols, `${where} symbols`, 1), width: asCount(width, `${where} width`, 1) };
  }
  const { units, dropout, ...given } = rest;
  const name = typeof cell === 'string' ? cell : describe(cell);
  const { options } = cellOf({ cell: name, units: 1 }, where);
  if (dropout !== undefined && !(typeof dropout === 'number' && dropout >= 0 && dropout < 1)) {
    throw invalidFile(where, `dropout must be from 0 to below 1, got ${describe(dropout)}`);
  }
  const hidden = dropout === undefined ? {} : { dropout };
  return { cell: name, units: asCount(units, `${where} units`, 1), ...hidden, ...readForm(options, given, where) };
}

/** The options that a file gives, each one of its values. */
function readForm(options: Cell['options'], given: { readonly [name: string]: Json | undefined }, where: string) {
  const form: { [name: string]: string | boolean } = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(options, name)) refuseOthers({ [name]: value }, where);
    const { values } = options[name];
    const found = values.find((known) => known === value);
    if (found === undefined)
      throw invalidFile(where, `${name} must be one of ${values.join(', ')}, got ${describe(value)}`);
    form[name] = found;
  }
  return form;
}

function readReadout(json: Json, where: string): ReadoutDefinition {
  const { readout, units, activation, ...others } = asObject(json, where);
  refuseOthers(others, where);
  const member = readouts.find(readout);
  if (!member) throw invalidFile(where, `readout must be one of ${readouts.names}, got ${describe(readout)}`);
  const definition = { readout: member.name, units: asCount(units, `${where} units`, 1) };
  if (activation === undefined) return definition;
  const known = member.activations.find((name) => name === activation);
  if (!known) {
    throw invalidFile(where, `activation must be one of ${member.activations.join(', ')}, got ${describe(activation)}`);
  }
  return { ...definition, activation: known };
}

function refuseOthers(others: { [name: string]: Json | undefined }, where: string): void {
  for (const [name, value] of Object.entries(others)) {
    if (value !== undefined) throw invalidFile(where, `has a field that it cannot have, ${describe(name)}`);
  }
}
