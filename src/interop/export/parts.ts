import { isEmbedding, type ReadoutDefinition, type RecurrentDefinition } from '../../checkpoint/definition.js';
import { checkWeights, type WeightTensor } from '../../checkpoint/weights.js';
import { EddyError } from '../../core/errors.js';
import { type CellFormat, foreignOf } from '../foreign.js';
import type { Imported } from '../import/imported.js';

/** What an exporter takes: a model's definition and weights. */
export type Exported = Imported;

export interface ModelParts {
  readonly embedding: WeightTensor | undefined;
  readonly layers: readonly (Record<'weightIh' | 'weightHh' | 'biasIh' | 'biasHh', WeightTensor> & {
    readonly layer: RecurrentDefinition;
  })[];
  readonly readout:
    | { readonly definition: ReadoutDefinition; readonly weight: WeightTensor; readonly bias: WeightTensor }
    | undefined;
}

/**
 * A model's weights layer by layer. Fails with `invalid-file` if the weights are not the definition's, with `invalid-option` if the format has
 * no such cell.
 */
export function partsOf({ definition, weights }: Exported, format: CellFormat, label: string): ModelParts {
  checkWeights(definition, weights, 'export');
  const { output } = definition;
  if (definition.layers.every(isEmbedding)) {
    throw new EddyError('invalid-option', 'export: a model must have at least one recurrent layer');
  }
  return {
    embedding: isEmbedding(definition.layers[0]) ? weights['layers.0.weight'] : undefined,
    layers: definition.layers.flatMap((layer, i) => {
      if (isEmbedding(layer)) return [];
      if (!foreignOf(layer, format)) throw cannotExport(label, `it has no ${layer.cell} cell, which layer ${i} is`);
      const weight = (name: string) => weights[`layers.${i}.${name}`];
      const [weightIh, weightHh] = [weight('weight_ih'), weight('weight_hh')];
      return [{ layer, weightIh, weightHh, biasIh: weight('bias_ih'), biasHh: weight('bias_hh') }];
    }),
    readout: output && { definition: output, weight: weights['output.weight'], bias: weights['output.bias'] },
  };
}

/** The refusal to write a model that the other framework cannot hold. */
export function cannotExport(format: string, what: string): EddyError {
  return new EddyError('invalid-option', `export to ${format}: ${what}; choose another format`);
}

/** How many inputs a model adds to its output, as formats for amplifiers count them. Fails with `invalid-option` if there are several. */
export function skipOf(format: string, { definition }: Exported): 0 | 1 {
  if (!definition.skip) return 0;
  if (definition.output?.units === 1) return 1;
  throw cannotExport(format, 'it adds one input to one output, this model several');
}

/** Fails with `invalid-option` if the model adds its input to its output. */
export function refuseSkip(format: string, { definition }: Exported): void {
  if (definition.skip)
    throw cannotExport(format, 'the model adds its input to its output, which the format cannot say');
}
