import { exportGuitarml } from '../export/guitarml.js';
import { importGuitarml } from '../import/guitarml.js';
import { hasField, textOf, type WeightsFormat } from './format.js';

/** The JSON of Automated-GuitarAmpModelling, or a bare state_dict in JSON. */
export const guitarml: WeightsFormat = {
  name: 'guitarml',
  is: (content) => 'json' in content && !hasField(content, 'layers', 'modelTopology', 'weightsManifest'),
  read: (_, content) => importGuitarml(textOf(content)),
  write: exportGuitarml,
};
