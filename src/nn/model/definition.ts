import { EddyError } from '../../core/errors.js';
import { type LayerSpec, requireCount } from '../cells/cell.js';
import type { EmbeddingSpec } from '../embedding/index.js';
import type { ReadoutSpec } from '../readouts/readout.js';

/** What `createModel` takes. */
export interface ModelSpec {
  /** Numbers in a sample; 1 under an embedding. */
  readonly input: number;
  /** From the input up; an `embedding` may come first. */
  readonly layers: readonly (LayerSpec | EmbeddingSpec)[];
  /** Left out: the last layer's h is the output. */
  readonly output?: ReadoutSpec;
  /**
   * Skip connection: adds a sample's first numbers to the outputs, one to one, so that the network learns what to change of a signal.
   * Needs a linear `output` of at most `input` units, and no embedding. Default false. Wright, Damskägg & Välimäki 2019.
   */
  readonly skip?: boolean;
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
export function checkDefinition({ input, layers, output, skip = false }: ModelSpec): void {
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
  if (typeof skip !== 'boolean') throw wrong(`skip must be true or false, got ${String(skip)}; true adds the input`);
  if (skip && !(output?.activation === 'linear' && output.units <= input && !('symbols' in layers[0]))) {
    const units = output ? `${output.units} ${output.activation} outputs` : 'no output';
    throw wrong(
      `skip must have a linear output of at most input = ${input} units over plain samples, got ${units}; e.g. dense(1), or leave skip out`,
    );
  }
  const last = layers[layers.length - 1];
  if (!output && last.dropout > 0) {
    throw wrong(`the last layer must have no dropout where it is the output, got ${last.dropout}; add an output`);
  }
}
