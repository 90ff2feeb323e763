import { registryOf } from '../../core/registry.js';
import * as exports from './index.js';

/** All formats of weights, by their names. */
export const formats = registryOf(exports, (format) => format);
