import { registryOf } from '../../core/registry.js';
import * as exports from './index.js';

/** All readouts, by their names. */
export const readouts = registryOf(exports, ({ readout }) => readout);
