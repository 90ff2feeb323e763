import { isEmbedding } from '../../checkpoint/definition.js';
import { invalidFile } from '../../checkpoint/invalidFile.js';
import { asCount, asObject, describe, type Json, type JsonObject, parseJson } from '../../checkpoint/json.js';
import type { Imported } from './imported.js';
import { readArray } from './jsonTensor.js';
import { importStateDict } from './pytorch.js';
import { TensorBag } from './tensorBag.js';

const WHERE = 'GuitarML JSON';

/**
 * A model from the JSON of Automated-GuitarAmpModelling (Wright et al. 2019), which NeuralPi, Proteus and Chameleon play: `model_data`
 * beside a PyTorch `state_dict` of one LSTM, GRU or RNN and a linear layer. Its `skip` is the
 * definition's. A bare state_dict in JSON, as
 * RTNeural's PyTorch examples have it, is read as well.
 *
 *     const { definition, weights } = importGuitarml(await readFile('model.json', 'utf8'));
 *
 * Fails with `invalid-file` where `model_data` does not describe the weights, and on everything that importPytorch refuses.
 */
export function importGuitarml(text: string): Imported {
  const file = asObject(parseJson(text, WHERE), WHERE);
  if (file.state_dict === undefined) return importStateDict(readStateDict(file), {});
  const { model_data, state_dict, ...others } = file;
  const other = Object.keys(others)[0];
  if (other !== undefined) throw invalidFile(WHERE, `has the unknown field ${describe(other)}`);
  const about = asObject(model_data, `${WHERE} model_data`);
  const skip = about.skip === undefined ? 0 : asCount(about.skip, `${WHERE} skip`);
  const imported = importStateDict(readStateDict(asObject(state_dict, `${WHERE} state_dict`)), {}, skip);

  const { definition } = imported;
  const last = definition.layers[definition.layers.length - 1];
  const found: JsonObject = {
    model: 'SimpleRNN',
    input_size: definition.input,
    output_size: definition.output?.units ?? 0,
    num_layers: definition.layers.length,
    unit_type: last.cell.toUpperCase(),
    hidden_size: isEmbedding(last) ? 0 : last.units,
  };
  for (const [name, value] of Object.entries(found)) {
    const said: Json | undefined = about[name];
    if (said !== undefined && said !== value) {
      throw invalidFile(WHERE, `says ${name} ${describe(said)}, but its weights are of ${describe(value)}`);
    }
  }
  if (about.bidirectional === true) throw invalidFile(WHERE, 'is bidirectional, which needs the future; not supported');
  return imported;
}

function readStateDict(json: JsonObject): TensorBag {
  return new TensorBag(
    WHERE,
    Object.entries(json).map(([name, array]) => [name, readArray(array, `${WHERE} "${name}"`)]),
  );
}
