import { type LayerSpec, requireCount } from '../cells/cell.js';
import type { EmbeddingSpec } from '../embedding/index.js';
import { EddyError } from '../errors.js';
import type { ReadoutSpec } from '../readouts/dense/index.js';

/** What `createModel` takes. */
export interface ModelSpec {
  /** Numbers in a sample; 1 under an embedding. */
  readonly input: number;
  /** From the input up; an `embedding` may come first. */
  readonly layers: readonly (LayerSpec | EmbeddingSpec)[];
  /** Left out: the last layer's h is the output. */
  readonly output?: ReadoutSpec;
  /** Of the initial weights, a whole number ≥ 0. Default 0. */
  readonly seed?: number;
}

/** A recurrent layer where it stands in a definition. */
export interface PlacedLayer extends LayerSpec {
  /** 'layers.0', by its place in `layers`. */
  readonly name: string;
  /** Numbers that it reads of each sample. */
  readonly inputs: number;
}

/** The definition's embedding, where it begins with one. */
export function embeddingOf({ layers }: ModelSpec): EmbeddingSpec | undefined {
  const [first] = layers;
  return first && 'symbols' in first ? first : undefined;
}

/** The definition's recurrent layers, from the input up. */
export function recurrentLayers(spec: ModelSpec): readonly PlacedLayer[] {
  let inputs = embeddingOf(spec)?.width ?? spec.input;
  return spec.layers.flatMap((layer, l) => {
    if ('symbols' in layer) return [];
    const placed = { ...layer, name: `layers.${l}`, inputs };
    inputs = layer.units;
    return [placed];
  });
}

/** Fails with `invalid-option` on a definition that no model can have. */
export function checkDefinition({ input, layers, output }: ModelSpec): void {
  const wrong = (message: string) => new EddyError('invalid-option', `createModel: ${message}`);
  requireCount('createModel', 'input', input);
  if (!Array.isArray(layers) || layers.length === 0) {
    throw wrong('layers must be a list of at least one layer, got none; e.g. [lstm(32)]');
  }
  for (const [index, layer] of layers.entries()) {
    if (typeof layer?.symbols === 'number') {
      if (index > 0) throw wrong(`an embedding must be the first of the layers, got it as layers[${index}]; move it`);
      if (input !== 1) throw wrong(`input must be 1 under an embedding, got ${input}; a sample is one symbol`);
      if (layers.length === 1) throw wrong('an embedding must have a layer above it, got none; e.g. lstm(32)');
    } else if (layer?.cell?.kind === undefined) {
      throw wrong(`layers[${index}] must be made by a cell, got ${JSON.stringify(layer)}; e.g. lstm(32)`);
    }
  }
  const last = layers[layers.length - 1];
  if (!output && last.dropout > 0) {
    throw wrong(`the last layer must have no dropout where it is the output, got ${last.dropout}; add an output`);
  }
}
