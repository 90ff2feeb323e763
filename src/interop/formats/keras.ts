import { exportKeras } from '../export/keras.js';
import { importKeras } from '../import/keras.js';
import { hasTensor, isEddy, type WeightsFormat } from './format.js';

/** Keras weights in a safetensors file. */
export const keras: WeightsFormat = {
  name: 'keras',
  is: (content) => !isEddy(content) && hasTensor(content, /recurrent_kernel/),
  read: (file, _, options) => importKeras(file, options),
  write: exportKeras,
};
