import { exportPytorch } from '../export/pytorch.js';
import { importPytorch } from '../import/pytorch.js';
import { hasTensor, isEddy, type WeightsFormat } from './format.js';

/** What Keras alone calls a tensor. */
const KERAS = /recurrent_kernel/;

/** A PyTorch state_dict in a safetensors file. */
export const pytorch: WeightsFormat = {
  name: 'pytorch',
  is: (content) => 'safetensors' in content && !isEddy(content) && !hasTensor(content, KERAS),
  read: (file, _, options) => importPytorch(file, options),
  write: (model) => exportPytorch(model),
};
