import type { WeightTensor } from '../../checkpoint/weights.js';
import { foreignOf } from '../foreign.js';
import { addBiases, inverseOrder, reorderGates, transpose } from '../matrix.js';
import type { ModelParts } from './parts.js';

/**
 * A layer's weights as Keras has them: kernel [in, G·H], recurrent kernel [H, G·H] and bias. A GRU with `resetAfter` keeps both biases,
 * [2, 3·H]; every other cell has one, their float32 sum, [G·H].
 */
export function toKerasRecurrent({ layer, weightIh, weightHh, biasIh, biasHh }: ModelParts['layers'][number]) {
  const order = inverseOrder(foreignOf(layer, 'keras')?.gates ?? []);
  const [input, hidden] = [reorderGates(biasIh, order), reorderGates(biasHh, order)];
  const pair = (): WeightTensor => ({
    shape: [2, input.data.length],
    data: Float32Array.of(...input.data, ...hidden.data),
  });
  return {
    kernel: transpose(reorderGates(weightIh, order)),
    recurrentKernel: transpose(reorderGates(weightHh, order)),
    bias: layer.resetAfter === true ? pair() : addBiases(input, hidden),
  };
}
