import type { JsonObject } from '../../checkpoint/json.js';
import { foreignOf } from '../foreign.js';
import { writeArray } from '../import/jsonTensor.js';
import { cannotExport, type Exported, partsOf, skipOf } from './parts.js';

const FORMAT = 'GuitarML';

/**
 * The JSON of Automated-GuitarAmpModelling, which NeuralPi, Proteus and Chameleon play.
 *
 *     await writeFile('model.json', exportGuitarml({ definition, weights: model.weights() }));
 *
 * Fails with `invalid-option` unless the model is one kind of LSTM or GRU layers of one width and a linear readout.
 */
export function exportGuitarml(model: Exported): string {
  const { embedding, layers, readout } = partsOf(model, 'guitarml', FORMAT);
  const { cell, units } = layers[0].layer;
  if (embedding || !readout || (readout.definition.activation ?? 'linear') !== 'linear') {
    throw cannotExport(FORMAT, 'a model is LSTM or GRU layers and a linear readout');
  }
  const state: JsonObject = {};
  layers.forEach(({ layer, weightIh, weightHh, biasIh, biasHh }, l) => {
    if (layer.cell !== cell || layer.units !== units || layer.resetAfter === false) {
      throw cannotExport(FORMAT, `layer ${l} is no PyTorch layer of ${units} ${cell} units`);
    }
    state[`rec.weight_ih_l${l}`] = writeArray(weightIh);
    state[`rec.weight_hh_l${l}`] = writeArray(weightHh);
    state[`rec.bias_ih_l${l}`] = writeArray(biasIh);
    state[`rec.bias_hh_l${l}`] = writeArray(biasHh);
  });
  state['lin.weight'] = writeArray(readout.weight);
  state['lin.bias'] = writeArray(readout.bias);
  const about = {
    model: 'SimpleRNN',
    input_size: model.definition.input,
    skip: skipOf(FORMAT, model),
    output_size: readout.definition.units,
    unit_type: foreignOf(layers[0].layer, 'guitarml')?.unit ?? cell,
    num_layers: layers.length,
    hidden_size: units,
    bias_fl: true,
  };
  return JSON.stringify({ model_data: about, state_dict: state });
}
