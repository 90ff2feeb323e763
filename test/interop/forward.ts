import type { LayerDefinition, ModelDefinition } from '../../src/checkpoint/definition.js';
import type { Weights, WeightTensor } from '../../src/checkpoint/weights.js';
import { exp, sigmoid, tanh } from '../../src/math/functions.js';
import { gruReference } from '../../src/nn/cells/gru/reference.js';
import { lstmReference } from '../../src/nn/cells/lstm/reference.js';
import { rnnReference } from '../../src/nn/cells/rnn/reference.js';

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
  if (layer.cell === 'embedding') {
    const table = rows(weights[`layers.${l}.weight`]);
    return sequence.map(([symbol]) => table[symbol]);
  }
  const named = {
    weight_ih: rows(weights[`layers.${l}.weight_ih`]),
    weight_hh: rows(weights[`layers.${l}.weight_hh`]),
    bias_ih: [...weights[`layers.${l}.bias_ih`].data],
    bias_hh: [...weights[`layers.${l}.bias_hh`].data],
  };
  const zero = () => new Array<number>(layer.units).fill(0);
  if (layer.cell === 'lstm') {
    let state = { h: zero(), c: zero() };
    return sequence.map((x) => {
      state = lstmReference.forward(named, x, state, {}).state;
      return state.h;
    });
  }
  let state: { h: number[] } = { h: zero() };
  return sequence.map((x) => {
    state =
      layer.cell === 'gru'
        ? gruReference.forward(named, x, state, { resetAfter: layer.resetAfter ?? true }).state
        : rnnReference.forward(named, x, state, { activation: layer.activation ?? 'tanh' }).state;
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
