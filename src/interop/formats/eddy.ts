import { decodeCheckpoint, encodeCheckpoint } from '../../checkpoint/checkpoint.js';
import { invalidFile } from '../../checkpoint/invalidFile.js';
import { isEddy, type WeightsFormat } from './format.js';

/** A checkpoint of eddy. */
export const eddy: WeightsFormat = {
  name: 'eddy',
  ending: '.safetensors',
  is: isEddy,
  read(file) {
    const { definition, weights } = decodeCheckpoint(file);
    if (definition === null) throw invalidFile('importWeights', 'the checkpoint holds a state, but no model');
    return { definition, weights };
  },
  write: (model) => encodeCheckpoint({ epoch: 1, offset: 0, ...model, state: {} }),
};
