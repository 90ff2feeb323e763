import type { JsonObject } from '../../checkpoint/json.js';
import { foreignOf } from '../foreign.js';
import { writeArray } from '../import/jsonTensor.js';
import { transpose } from '../matrix.js';
import { toKerasRecurrent } from './kerasLayers.js';
import { cannotExport, type Exported, partsOf, skipOf } from './parts.js';

const FORMAT = 'RTNeural';

/**
 * RTNeural's JSON, as AIDA-X and other guitar plug-ins read it. Both biases of an LSTM become one, their float32 sum.
 *
 *     await writeFile('amp.json', exportRtneural({ definition, weights: model.weights() }));
 *
 * Fails with `invalid-option` on an RNN, an embedding, a GRU with `resetAfter: false`, and a softmax readout.
 */
export function exportRtneural(model: Exported): string {
  const { embedding, layers, readout } = partsOf(model, 'rtneural', FORMAT);
  if (embedding) throw cannotExport(FORMAT, 'it has no embedding');
  const written: JsonObject[] = layers.map((part) => {
    const { units, resetAfter } = part.layer;
    if (resetAfter === false)
      throw cannotExport(FORMAT, 'its GRU applies the reset gate after the product, this model before');
    const { kernel, recurrentKernel, bias } = toKerasRecurrent(part);
    return {
      type: foreignOf(part.layer, 'rtneural')?.type ?? '',
      activation: 'tanh',
      shape: [null, null, units],
      weights: [writeArray(kernel), writeArray(recurrentKernel), writeArray(bias)],
    };
  });
  if (readout) {
    const { units, activation = 'linear' } = readout.definition;
    if (activation === 'softmax') throw cannotExport(FORMAT, 'its players do not agree on softmax');
    written.push({
      type: 'dense',
      activation: activation === 'linear' ? '' : activation,
      shape: [null, null, units],
      weights: [writeArray(transpose(readout.weight)), writeArray(readout.bias)],
    });
  }
  const { input } = model.definition;
  return JSON.stringify({ in_shape: [null, null, input], in_skip: skipOf(FORMAT, model), layers: written });
}
