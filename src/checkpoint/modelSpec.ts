import { gru } from '../cells/gru/index.js';
import { lstm } from '../cells/lstm/index.js';
import { rnn } from '../cells/rnn/index.js';
import { EddyError } from '../errors.js';
import type { ModelSpec } from '../model/definition.js';
import { dense } from '../readouts/dense/index.js';
import { isRnnActivation, type LayerDefinition, type ModelDefinition } from './definition.js';

/**
 * What createModel takes, from a definition.
 *
 *     const { definition, weights } = importWeights(file);
 *     const model = await createModel(specOf(definition));
 *     model.setWeights(weights);
 *
 * Fails with `invalid-option` on an embedding, which no model has yet.
 */
export function specOf({ input, layers, output }: ModelDefinition): ModelSpec {
  const spec = { input, layers: layers.map(layerOf) };
  if (!output) return spec;
  const { units, activation = 'linear' } = output;
  return { ...spec, output: dense(units, { activation }) };
}

function layerOf(layer: LayerDefinition): ModelSpec['layers'][number] {
  switch (layer.cell) {
    case 'lstm':
      return lstm(layer.units);
    case 'gru':
      return gru(layer.units, { resetAfter: layer.resetAfter ?? true });
    case 'rnn':
      return rnn(layer.units, { activation: layer.activation ?? 'tanh' });
    case 'embedding':
      throw new EddyError('invalid-option', 'specOf: a model has no embedding layer; look the symbols up outside');
  }
}

/** The definition of a model, as a file keeps it: `definitionOf(model.spec)`. */
export function definitionOf({ input, layers, output }: ModelSpec): ModelDefinition {
  const definition: ModelDefinition = {
    input,
    layers: layers.map(({ cell, units, options }): LayerDefinition => {
      const { resetAfter, activation } = options;
      switch (cell.name) {
        case 'lstm':
          return { cell: 'lstm', units };
        case 'gru':
          return { cell: 'gru', units, resetAfter: resetAfter !== false };
        case 'rnn':
          return { cell: 'rnn', units, activation: isRnnActivation(activation) ? activation : 'tanh' };
        default:
          throw new EddyError('invalid-option', `definitionOf: a file has no word for the cell ${cell.name}`);
      }
    }),
  };
  if (!output) return definition;
  const { units, activation } = output;
  return { ...definition, output: { readout: 'dense', units, ...(activation === 'linear' ? {} : { activation }) } };
}
