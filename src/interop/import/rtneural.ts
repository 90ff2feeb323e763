import { invalidFile } from '../../checkpoint/invalidFile.js';
import { asArray, asCount, asObject, describe, type Json, type JsonObject, parseJson } from '../../checkpoint/json.js';
import type { WeightTensor } from '../../checkpoint/weights.js';
import type { Cell } from '../../nn/cells/cell.js';
import { type DenseActivation, isDenseActivation } from '../../nn/readouts/readout.js';
import { cellIn } from '../foreign.js';
import { assemble, type ReadoutPart, type RecurrentPart } from './assemble.js';
import type { Imported } from './imported.js';
import { readArray } from './jsonTensor.js';
import { fromKerasDense, fromKerasRecurrent } from './kerasLayers.js';

const WHERE = 'RTNeural JSON';

/**
 * A model from RTNeural's JSON (https://github.com/jatinchowdhury18/RTNeural; Keras's layouts), as AIDA-X and others use it for guitar
 * amplifiers: LSTM and GRU layers and a dense layer, or time-distributed dense; `in_skip` becomes the definition's `skip`.
 *
 *     const { definition, weights } = importRtneural(await readFile('amp.json', 'utf8'));
 *
 * Fails with `invalid-file` on layers of another kind, a second dense layer, activations other than the cell's own, and on input or
 * output gains other than 0 dB.
 */
export function importRtneural(text: string): Imported {
  const { in_shape, in_skip, in_gain, out_gain, layers, ...others } = asObject(parseJson(text, WHERE), WHERE);
  for (const name of Object.keys(others)) {
    // What describes a model, or lets a player test it, is not part of it.
    if (!/^(metadata|metadata_.*|input_batch|output_batch|name|version)$/.test(name)) {
      throw invalidFile(WHERE, `has the unknown field ${describe(name)}`);
    }
  }
  for (const [name, gain] of Object.entries({ in_gain, out_gain })) {
    if (gain !== undefined && gain !== 0) {
      throw invalidFile(WHERE, `has ${name} ${describe(gain)}; only 0 dB is supported, scale the samples outside`);
    }
  }
  const recurrent: RecurrentPart[] = [];
  let readout: ReadoutPart | undefined;
  asArray(layers, `${WHERE} layers`).forEach((json, i) => {
    const where = `${WHERE} layer ${i}`;
    const layer = asObject(json, where);
    const { type } = layer;
    if (readout) throw invalidFile(where, `comes after the dense layer; only one readout, at the end, is supported`);
    const cell = cellIn('rtneural', (foreign) => foreign.type === type);
    if (cell) recurrent.push(readRecurrent(where, cell, layer));
    else if (type === 'dense' || type === 'time-distributed-dense') readout = readDense(where, layer);
    else throw invalidFile(where, `is ${describe(type)}; known are lstm, gru, dense and time-distributed-dense`);
  });
  const skip = in_skip === undefined ? 0 : asCount(in_skip, `${WHERE} in_skip`);
  const imported = assemble(WHERE, { layers: recurrent, readout, skip });
  const { input } = imported.definition;
  if (lastOf(in_shape, `${WHERE} in_shape`) !== input) {
    throw invalidFile(WHERE, `has in_shape ${describe(in_shape)}, but its first layer takes ${input} numbers`);
  }
  return imported;
}

function readRecurrent(where: string, cell: Cell, layer: JsonObject): RecurrentPart {
  if (layer.activation !== undefined && layer.activation !== '' && layer.activation !== 'tanh') {
    throw invalidFile(where, `has the activation ${describe(layer.activation)}; only tanh is supported`);
  }
  const [kernel, recurrentKernel, bias] = readWeights(where, layer, 3);
  const part = fromKerasRecurrent(where, cell, { kernel, recurrentKernel, bias });
  checkUnits(where, layer, part.layer.units);
  return part;
}

function readDense(where: string, layer: JsonObject): ReadoutPart {
  const [kernel, bias] = readWeights(where, layer, 2);
  const part = fromKerasDense(where, kernel, bias, readActivation(where, layer.activation));
  checkUnits(where, layer, part.weight.shape[0] ?? 0);
  return part;
}

function readActivation(where: string, activation: Json | undefined): DenseActivation {
  if (activation === undefined || activation === '') return 'linear';
  if (!isDenseActivation(activation))
    throw invalidFile(where, `has the activation ${describe(activation)}, not supported`);
  return activation;
}

function readWeights(where: string, layer: JsonObject, count: number): WeightTensor[] {
  const { type, activation, shape, weights, ...others } = layer;
  const other = Object.keys(others).find((name) => name !== 'name');
  if (other !== undefined) throw invalidFile(where, `has the unknown field ${describe(other)}`);
  const arrays = asArray(weights, `${where} weights`);
  if (arrays.length !== count) throw invalidFile(where, `must have ${count} arrays of weights, got ${arrays.length}`);
  return arrays.map((array, i) => readArray(array, `${where} weights ${i}`));
}

function checkUnits(where: string, { shape }: JsonObject, units: number): void {
  if (lastOf(shape, `${where} shape`) !== units) {
    throw invalidFile(where, `has shape ${describe(shape)}, but its weights are of ${units} units`);
  }
}

function lastOf(shape: Json | undefined, where: string): number {
  return asCount(asArray(shape, where).at(-1), where, 1);
}
