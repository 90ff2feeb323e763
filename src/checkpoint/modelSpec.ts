import { EddyError } from '../core/errors.js';
import { gru } from '../nn/cells/gru/index.js';
import { lstm } from '../nn/cells/lstm/index.js';
import { rnn } from '../nn/cells/rnn/index.js';
import { embedding } from '../nn/embedding/index.js';
import type { ModelSpec } from '../nn/model/definition.js';
import { dense } from '../nn/readouts/dense/index.js';
import { isRnnActivation, type LayerDefinition, type ModelDefinition } from './definition.js';

/**
 * What createModel takes, from a definition.
 *
 *     const { definition, weights } = importWeights(file);
 *     const model = await createModel(specOf(definition));
 *     model.setWeights(weights);
 */
export function specOf({ input, layers, output, skip }: ModelDefinition): ModelSpec {
  const spec = { input, layers: layers.map(layerOf), ...(skip && { skip }) };
  if (!output) return spec;
  const { units, activation = 'linear' } = output;
  return { ...spec, output: dense(units, { activation }) };
}

function layerOf(layer: LayerDefinition): ModelSpec['layers'][number] {
  if (layer.cell === 'embedding') return embedding(layer.symbols, layer.width);
  const { units, dropout = 0 } = layer;
  switch (layer.cell) {
    case 'lstm':
      return lstm(units, { dropout });
    case 'gru':
      return gru(units, { resetAfter: layer.resetAfter ?? true, dropout });
    case 'rnn':
      return rnn(units, { activation: layer.activation ?? 'tanh', dropout });
  }
}

/** The definition of a model, as a file keeps it: `definitionOf(model.spec)`. */
export function definitionOf({ input, layers, output, skip }: ModelSpec): ModelDefinition {
  const definition: ModelDefinition = {
    input,
    layers: layers.map((layer): LayerDefinition => {
      if ('symbols' in layer) return { cell: 'embedding', symbols: layer.symbols, width: layer.width };
      const { cell, options } = layer;
      const { resetAfter, activation } = options;
      const shared = { units: layer.units, ...(layer.dropout > 0 ? { dropout: layer.dropout } : {}) };
      switch (cell.name) {
        case 'lstm':
          return { cell: 'lstm', ...shared };
        case 'gru':
          return { cell: 'gru', ...shared, resetAfter: resetAfter !== false };
        case 'rnn':
          return { cell: 'rnn', ...shared, activation: isRnnActivation(activation) ? activation : 'tanh' };
        default:
          throw new EddyError('invalid-option', `definitionOf: a file has no word for the cell ${cell.name}`);
      }
    }),
  };
  if (!output) return definition;
  const { units, activation } = output;
  const readout = { readout: 'dense', units, ...(activation === 'linear' ? {} : { activation }) } as const;
  return { ...definition, output: readout, ...(skip && { skip }) };
}
