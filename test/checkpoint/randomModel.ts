import { cellOf, formOf, type LayerDefinition, type ModelDefinition } from '../../src/checkpoint/definition.js';
import { type WeightTensor, weightShapes } from '../../src/checkpoint/weights.js';
import { createRandom } from '../../src/core/random.js';
import type { Weights } from '../../src/nn/model/parameters.js';

/** Random weights in ±1 for a definition, no two alike. */
export function randomWeights(definition: ModelDefinition, seed: number): Weights {
  const random = createRandom(seed);
  const weights: { [name: string]: WeightTensor } = {};
  for (const [name, shape] of weightShapes(definition)) {
    const size = shape.reduce((a, b) => a * b, 1);
    weights[name] = { shape, data: Float32Array.from({ length: size }, () => 2 * random.uniform() - 1) };
  }
  return weights;
}

/** A random sequence in ±2. */
export function randomSequence(steps: number, width: number, seed: number): number[][] {
  const random = createRandom(seed);
  return Array.from({ length: steps }, () =>
    Array.from({ length: width }, () => Math.fround(4 * random.uniform() - 2)),
  );
}

export const model = (definition: ModelDefinition, seed = 7) => ({
  definition,
  weights: randomWeights(definition, seed),
});

export const recurrent = (cell: string, units: number, options: object = {}): LayerDefinition => {
  const member = cellOf({ cell, units }, 'test');
  return { cell, units, ...formOf(member), ...options };
};

export const dense = (units: number) => ({ readout: 'dense', units }) as const;
