import { invalidFile } from '../../checkpoint/invalidFile.js';
import { asObject, describe, parseJson } from '../../checkpoint/json.js';
import type { WeightTensor } from '../../checkpoint/weights.js';
import type { Cell } from '../../nn/cells/cell.js';
import { isDenseActivation } from '../../nn/readouts/readout.js';
import { cellIn } from '../foreign.js';
import { assemble, type ReadoutPart, type RecurrentPart } from './assemble.js';
import type { Imported } from './imported.js';
import { fromKerasDense, fromKerasRecurrent } from './kerasLayers.js';
import type { TensorBag } from './tensorBag.js';
import { type KerasLayerConfig, readTopology } from './tfjsTopology.js';
import { readTfjsWeights } from './tfjsWeights.js';

const WHERE = 'tfjs model.json';

/**
 * A model from tfjs-layers' `model.json` and its shards, by the paths that it names: a Sequential or a functional model that is one chain
 * of an Embedding (or none), LSTM, GRU or SimpleRNN layers and a Dense layer (or none), time-distributed or not; dropout is passed over.
 *
 *     const json = await readFile('model.json', 'utf8');
 *     const { definition, weights } = importTfjs(json, { 'group1-shard1of1.bin': await readFile('group1-shard1of1.bin') });
 *
 * Fails with `invalid-file` on layers of another kind, branches, activations other than the cell's own (tfjs's own default is
 * `hard_sigmoid`), masks, `go_backwards`, `return_state`, options it does not know, and any weight it has no use for.
 */
export function importTfjs(modelJson: string, shards: Readonly<Record<string, Uint8Array>>): Imported {
  const { modelTopology, weightsManifest, format } = asObject(parseJson(modelJson, WHERE), WHERE);
  if (format !== undefined && format !== 'layers-model') {
    throw invalidFile(WHERE, `has format ${describe(format)}; only layers-model is supported`);
  }
  const bag = readTfjsWeights(WHERE, weightsManifest, shards);
  const take = openTake(bag);
  const recurrent: RecurrentPart[] = [];
  let embedding: WeightTensor | undefined;
  let readout: ReadoutPart | undefined;
  let sequences = true;
  for (const layer of readTopology(WHERE, modelTopology)) {
    const { type, name, config } = layer;
    const where = `${WHERE} layer "${name}"`;
    if (readout) throw invalidFile(where, 'comes after the dense layer; only one readout, at the end, is supported');
    const cell = cellIn('keras', (foreign) => foreign.layer === type);
    if (cell) {
      if (!sequences) throw invalidFile(where, 'follows a layer without return_sequences; it sees one step only');
      recurrent.push(readRecurrent(where, take, cell, layer));
      sequences = config.return_sequences === true;
    } else if (type === 'Dense') {
      readout = readDense(where, take, layer);
    } else {
      if (recurrent.length > 0 || embedding) throw invalidFile(where, 'is an embedding that is not the first layer');
      if (config.mask_zero === true) throw invalidFile(where, 'masks zeros (mask_zero), which is not supported');
      embedding = take(name, 'embeddings');
      if (embedding === undefined) throw invalidFile(where, 'has no weight "embeddings"');
    }
  }
  bag.finish();
  return assemble(WHERE, { embedding, layers: recurrent, readout });
}

type Take = ReturnType<typeof openTake>;

function readRecurrent(where: string, take: Take, cell: Cell, { name, config }: KerasLayerConfig): RecurrentPart {
  const { activation = 'tanh', recurrent_activation, reset_after } = config;
  const own = cell.options.activation;
  if (cell.gates > 1 && recurrent_activation !== 'sigmoid') {
    const got =
      recurrent_activation === undefined ? 'none, which in tfjs is hard_sigmoid' : describe(recurrent_activation);
    throw invalidFile(where, `must have recurrent_activation sigmoid, got ${got}`);
  }
  if (typeof activation !== 'string' || !(own?.values ?? ['tanh']).includes(activation)) {
    throw invalidFile(where, `has the activation ${describe(activation)}, which is not supported`);
  }
  const kernel = take(name, 'kernel');
  const recurrentKernel = take(name, 'recurrent_kernel');
  if (kernel === undefined || recurrentKernel === undefined)
    throw invalidFile(where, 'has no kernel or recurrent_kernel');
  const bias = config.use_bias === false ? undefined : take(name, 'bias');
  if (config.use_bias !== false && bias === undefined) throw invalidFile(where, 'has no bias, but use_bias is set');
  // tfjs has no other GRU than the one with the reset before, and does not name the option then.
  const resetAfter = cell.options.resetAfter ? reset_after === true : undefined;
  const part = fromKerasRecurrent(where, cell, { kernel, recurrentKernel, bias, activation, resetAfter });
  checkUnits(where, config.units, part.layer.units);
  return part;
}

function readDense(where: string, take: Take, { name, config }: KerasLayerConfig): ReadoutPart {
  const { activation = 'linear', use_bias } = config;
  if (!isDenseActivation(activation)) {
    throw invalidFile(where, `has the activation ${describe(activation)}, which is not supported`);
  }
  const kernel = take(name, 'kernel');
  const bias = use_bias === false ? undefined : take(name, 'bias');
  if (kernel === undefined || (bias === undefined && use_bias !== false))
    throw invalidFile(where, 'has no kernel or bias');
  const part = fromKerasDense(where, kernel, bias, activation);
  checkUnits(where, config.units, part.weight.shape[0] ?? 0);
  return part;
}

function checkUnits(where: string, said: unknown, units: number): void {
  if (said !== units) throw invalidFile(where, `says ${said} units, but its weights are of ${units}`);
}

/** Finds a layer's weight of a name: its path has the layer's name in it, and perhaps its cell's. */
function openTake(bag: TensorBag) {
  const names = new Map<string, string[]>();
  for (const name of bag.names) {
    const path = name.replace(/:0$/, '').split('/');
    const part = path.pop();
    for (const layer of new Set(path)) {
      const key = `${layer}/${part}`;
      const found = names.get(key);
      if (found) found.push(name);
      else names.set(key, [name]);
    }
  }
  return (layer: string, part: string): WeightTensor | undefined => {
    const found = names.get(`${layer}/${part}`) ?? [];
    if (found.length > 1) throw invalidFile(bag.where, `has several weights for ${layer}/${part}, such as ${found[1]}`);
    return found[0] === undefined ? undefined : bag.takeIfAny(found[0]);
  };
}
