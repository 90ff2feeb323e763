import {
  type LayerDefinition,
  type ModelDefinition,
  type RecurrentDefinition,
  withSkip,
} from '../../checkpoint/definition.js';
import { invalidFile } from '../../checkpoint/invalidFile.js';
import { checkWeights, type WeightTensor } from '../../checkpoint/weights.js';
import type { DenseActivation } from '../../nn/readouts/readout.js';
import { zeroTensor } from '../matrix.js';
import type { Imported } from './imported.js';

/** One recurrent layer in PyTorch's layout; a bias left out is zero. */
export interface RecurrentPart {
  readonly layer: RecurrentDefinition;
  readonly weightIh: WeightTensor;
  readonly weightHh: WeightTensor;
  readonly biasIh?: WeightTensor | undefined;
  readonly biasHh?: WeightTensor | undefined;
}

/** A readout, weight [O, H]; a bias left out is zero. */
export interface ReadoutPart {
  readonly weight: WeightTensor;
  readonly bias?: WeightTensor | undefined;
  readonly activation?: DenseActivation | undefined;
}

export interface Parts {
  /** [symbols, width] */
  readonly embedding?: WeightTensor | undefined;
  readonly layers: readonly RecurrentPart[];
  readonly readout?: ReadoutPart | undefined;
  /** How many of the first inputs the file's model adds to its output, as guitar amplifier models do. */
  readonly skip?: number;
}

/** Puts a model together from its parts. Fails with `invalid-file` where they do not fit each other. */
export function assemble(where: string, { embedding, layers, readout, skip = 0 }: Parts): Imported {
  // A size of 0 hides any other beside it: [0, 1e12] has no numbers, but a bias of 1e12 would have.
  const given = [embedding, ...layers.flatMap(({ weightIh, weightHh }) => [weightIh, weightHh]), readout?.weight];
  for (const weight of given) {
    if (weight?.data.length === 0)
      throw invalidFile(where, `has a weight of shape [${weight.shape}], without a number`);
  }
  const first = layers[0];
  if (first === undefined) throw invalidFile(where, 'has no recurrent layer');
  const definitions: LayerDefinition[] = [];
  const weights: { [name: string]: WeightTensor } = {};
  if (embedding) {
    const [symbols = 0, width = 0] = embedding.shape;
    definitions.push({ cell: 'embedding', symbols, width });
    weights['layers.0.weight'] = embedding;
  }
  for (const { layer, weightIh, weightHh, biasIh, biasHh } of layers) {
    const name = `layers.${definitions.length}`;
    const rows = weightHh.shape[0] ?? 0;
    definitions.push(layer);
    weights[`${name}.weight_ih`] = weightIh;
    weights[`${name}.weight_hh`] = weightHh;
    weights[`${name}.bias_ih`] = biasIh ?? zeroTensor(rows);
    weights[`${name}.bias_hh`] = biasHh ?? zeroTensor(rows);
  }
  let definition: ModelDefinition = { input: embedding ? 1 : (first.weightIh.shape[1] ?? 0), layers: definitions };
  if (readout) {
    const units = readout.weight.shape[0] ?? 0;
    const { activation } = readout;
    const linear = activation === undefined || activation === 'linear';
    definition = { ...definition, output: { readout: 'dense', units, ...(linear ? {} : { activation }) } };
    weights['output.weight'] = readout.weight;
    weights['output.bias'] = readout.bias ?? zeroTensor(units);
  }
  checkWeights(definition, weights, where);
  if (skip !== 0 && !(skip === 1 && definition.output?.units === 1))
    throw invalidFile(
      where,
      `adds ${skip} of its inputs to its outputs; only 0, or 1 to a single linear output, can be followed`,
    );
  return { definition: skip === 0 ? definition : withSkip(definition, where), weights };
}
