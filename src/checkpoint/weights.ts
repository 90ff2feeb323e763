import { parameterShape } from '../nn/cells/parameter.js';
import type { NamedTensor, Weights } from '../nn/model/parameters.js';
import { cellOf, isEmbedding, type ModelDefinition } from './definition.js';
import { invalidFile } from './invalidFile.js';
import type { Tensor } from './safetensors.js';

/** A weight in PyTorch's layout, row-major. */
export type WeightTensor = NamedTensor;

/**
 * Every weight of a model with its shape, in the order of its layers.
 *
 *     weightShapes({ input: 3, layers: [{ cell: 'gru', units: 8 }] }).get('layers.0.weight_ih');   // [24, 3]
 *
 * Fails with `invalid-file` where the layers do not fit each other.
 */
export function weightShapes(definition: ModelDefinition): ReadonlyMap<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  let width = definition.input;
  definition.layers.forEach((layer, i) => {
    if (isEmbedding(layer)) {
      if (i > 0) throw invalidFile('definition', `layer ${i} is an embedding; only the first layer can be one`);
      if (width !== 1) throw invalidFile('definition', `an embedding takes one symbol a sample, got input ${width}`);
      shapes.set(`layers.${i}.weight`, [layer.symbols, layer.width]);
      width = layer.width;
      return;
    }
    const { gates, parameters } = cellOf(layer, 'definition');
    for (const parameter of parameters) {
      const shape = parameterShape(parameter, { gates, units: layer.units, inputs: width });
      shapes.set(`layers.${i}.${parameter.name}`, shape);
    }
    width = layer.units;
  });
  if (definition.output) {
    shapes.set('output.weight', [definition.output.units, width]);
    shapes.set('output.bias', [definition.output.units]);
  }
  return shapes;
}

/** Fails with `invalid-file` unless `weights` are all of the definition's, of its shapes, finite, and no others. */
export function checkWeights(definition: ModelDefinition, weights: Weights, where: string): void {
  const shapes = weightShapes(definition);
  for (const [name, shape] of shapes) {
    const tensor = Object.hasOwn(weights, name) ? weights[name] : undefined;
    if (tensor === undefined) throw invalidFile(where, `has no weight "${name}", which must be [${shape}]`);
    if (!sameShape(tensor.shape, shape) || tensor.data.length !== shape.reduce((a, b) => a * b, 1)) {
      throw invalidFile(where, `has "${name}" as [${tensor.shape}]; it must be [${shape}]`);
    }
    const at = tensor.data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0)
      throw invalidFile(where, `has ${tensor.data[at]} in "${name}" at ${at}; weights must be finite numbers`);
  }
  const other = Object.keys(weights).find((name) => !shapes.has(name));
  if (other !== undefined) throw invalidFile(where, `has "${other}", which the model has no place for`);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** A weight as a safetensors tensor, without a copy. */
export function asTensor({ shape, data }: WeightTensor): Tensor {
  return { dtype: 'F32', shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}
