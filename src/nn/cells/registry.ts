import { registryOf } from '../../core/registry.js';
import * as exports from './index.js';

/** All cells, by their names. */
export const cells = registryOf(exports, ({ cell }) => cell);
