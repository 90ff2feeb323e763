import { registryOf } from '../../core/registry.js';
import * as exports from './index.js';

/** All schedules, by their names. */
export const schedules = registryOf(exports, ({ member }) => member);
