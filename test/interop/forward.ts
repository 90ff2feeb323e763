import {
  cellOf,
  formOf,
  isEmbedding,
  type LayerDefinition,
  type ModelDefinition,
} from '../../src/checkpoint/definition.js';
import type { WeightTensor } from '../../src/checkpoint/weights.js';
import { exp, sigmoid, tanh } from '../../src/math/functions.js';
import type { ReferenceState } from '../../src/nn/cells/reference.js';
import type { Weights } from '../../src/nn/model/parameters.js';

interface Model {
  readonly definition: ModelDefinition;
  readonly weights: Weights;
}

/** A model's outputs for a sequence that starts from zeros, in float64, by the references. */
export function forward({ definition, weights }: Model, x: readonly (readonly number[])[]): number[][] {
  let sequence = x.map((sample) => [...sample]);
  definition.layers.forEach((layer, l) => {
    sequence = runLayer(layer, weights, l, sequence);
  });
  const { output } = definition;
  if (!output) return sequence;
  const weight = rows(weights['output.weight']);
  const bias = weights['output.bias'].data;
  const skipped = (t: number, y: number[]) => (definition.skip ? y.map((value, i) => value + x[t][i]) : y);
  return sequence.map((h, t) =>
    skipped(
      t,
      activate(
        output.activation ?? 'linear',
        weight.map((row, i) => row.reduce((sum, w, j) => sum + w * h[j], bias[i])),
      ),
    ),
  );
}

function runLayer(layer: LayerDefinition, weights: Weights, l: number, sequence: number[][]): number[][] {
  if (isEmbedding(layer)) {
    const table = rows(weights[`layers.${l}.weight`]);
    return sequence.map(([symbol]) => table[symbol]);
  }
  const cell = cellOf(layer, 'forward');
  const named = Object.fromEntries(
    cell.parameters.map(({ name, columns }) => {
      const tensor = weights[`layers.${l}.${name}`];
      return [name, columns === 'none' ? [...tensor.data] : rows(tensor)];
    }),
  );
  const reference = cell.reference(formOf(cell, layer));
  const zero = () => new Array<number>(layer.units).fill(0);
  let state: ReferenceState = cell.cellState ? { h: zero(), c: zero() } : { h: zero() };
  return sequence.map((x) => {
    state = reference.run(named, x, state).state;
    return state.h;
  });
}

function activate(name: string, logits: number[]): number[] {
  switch (name) {
    case 'sigmoid':
      return logits.map(sigmoid);
    case 'tanh':
      return logits.map(tanh);
    case 'relu':
      return logits.map((logit) => Math.max(0, logit));
    case 'softmax': {
      const top = Math.max(...logits);
      const parts = logits.map((logit) => exp(logit - top));
      const sum = parts.reduce((a, b) => a + b, 0);
      return parts.map((part) => part / sum);
    }
    default:
      return logits;
  }
}

function rows({ shape: [height, width], data }: WeightTensor): number[][] {
  return Array.from({ length: height }, (_, i) => [...data.subarray(i * width, (i + 1) * width)]);
}
