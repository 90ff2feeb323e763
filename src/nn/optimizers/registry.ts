import { registryOf } from '../../core/registry.js';
import * as exports from './index.js';

/** All optimizers, by their names. */
export const optimizers = registryOf(exports, ({ member }) => member);
