import { EddyError } from '../../core/errors.js';
import { registryOf } from '../../core/registry.js';
import * as exports from './index.js';
import type { Loss } from './loss.js';

/** All losses, by their names. */
export const losses = registryOf(exports, ({ member }) => member);

/**
 * The loss of a name and parameters: it has functions, which a message to another thread cannot carry.
 * @throws EddyError `invalid-option` on a name that no loss has.
 */
export function lossOf({ name, parameters }: Pick<Loss, 'name' | 'parameters'>): Loss {
  const member = losses.find(name);
  if (member) return member.create(parameters);
  throw new EddyError(
    'invalid-option',
    `eddy: a loss that travels must be one of ${losses.names}, got ${name}; give it to runLearnerWorker too`,
  );
}
