import { EddyError } from '../core/errors.js';
import { embedding } from '../nn/embedding/index.js';
import type { ModelSpec } from '../nn/model/definition.js';
import { readouts } from '../nn/readouts/registry.js';
import { cellOf, formOf, isEmbedding, type LayerDefinition, type ModelDefinition } from './definition.js';

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
  const { readout, units, activation = 'linear' } = output;
  const member = readouts.find(readout);
  if (!member) {
    throw new EddyError('invalid-option', `specOf: readout must be one of ${readouts.names}, got ${readout}`);
  }
  return { ...spec, output: member.create(units, { activation }) };
}

function layerOf(layer: LayerDefinition): ModelSpec['layers'][number] {
  if (isEmbedding(layer)) return embedding(layer.symbols, layer.width);
  const cell = cellOf(layer, 'specOf');
  const { units, dropout = 0 } = layer;
  return cell.create(units, { ...formOf(cell, layer), dropout });
}

/** The definition of a model, as a file keeps it: `definitionOf(model.spec)`. */
export function definitionOf({ input, layers, output, skip }: ModelSpec): ModelDefinition {
  const definition: ModelDefinition = {
    input,
    layers: layers.map((layer): LayerDefinition => {
      if ('symbols' in layer) return { cell: 'embedding', symbols: layer.symbols, width: layer.width };
      const { cell, units, dropout, options } = layer;
      return { cell: cell.name, units, ...(dropout > 0 ? { dropout } : {}), ...formOf(cell, options) };
    }),
  };
  if (!output) return definition;
  const { readout, units, activation } = output;
  const stored = { readout: readout.name, units, ...(activation === 'linear' ? {} : { activation }) };
  return { ...definition, output: stored, ...(skip && { skip }) };
}
