import { exportRtneural } from '../export/rtneural.js';
import { importRtneural } from '../import/rtneural.js';
import { hasField, textOf, type WeightsFormat } from './format.js';

/** RTNeural’s JSON. */
export const rtneural: WeightsFormat = {
  name: 'rtneural',
  ending: '.json',
  is: (content) => hasField(content, 'layers') && !hasField(content, 'modelTopology', 'weightsManifest'),
  read: (_, content) => importRtneural(textOf(content)),
  write: exportRtneural,
};
