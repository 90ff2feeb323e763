import { asTensor, type WeightTensor } from '../../checkpoint/weights.js';
import { writeSafetensors } from '../../checkpoint/writeSafetensors.js';
import { transpose } from '../matrix.js';
import { toKerasRecurrent } from './kerasLayers.js';
import { type Exported, partsOf, refuseSkip } from './parts.js';

/**
 * Weights in Keras's layouts as a safetensors file: `lstm_0/kernel`, `lstm_0/recurrent_kernel`, `lstm_0/bias`, …, `head/kernel`,
 * `head/bias` and `embedding/embeddings`. Both biases of an LSTM, an RNN or a GRU with `resetAfter: false` become one, their float32 sum.
 *
 *     await writeFile('model.safetensors', exportKeras({ definition, weights: model.weights() }));
 *     // Python: layer.set_weights([tensors['lstm_0/kernel'], tensors['lstm_0/recurrent_kernel'], tensors['lstm_0/bias']])
 *
 * Activations are for the Keras model to say. Fails with `invalid-option` on a model that adds its input to its output.
 */
export function exportKeras(model: Exported): Uint8Array {
  refuseSkip('Keras', model);
  const { embedding, layers, readout } = partsOf(model, 'keras', 'Keras');
  const tensors: [string, WeightTensor][] = [];
  if (embedding) tensors.push(['embedding/embeddings', embedding]);
  layers.forEach((part, l) => {
    const name = `${part.layer.cell}_${l}`;
    const { kernel, recurrentKernel, bias } = toKerasRecurrent(part);
    tensors.push([`${name}/kernel`, kernel], [`${name}/recurrent_kernel`, recurrentKernel], [`${name}/bias`, bias]);
  });
  if (readout) tensors.push(['head/kernel', transpose(readout.weight)], ['head/bias', readout.bias]);
  return writeSafetensors(new Map(tensors.map(([name, tensor]) => [name, asTensor(tensor)])));
}
