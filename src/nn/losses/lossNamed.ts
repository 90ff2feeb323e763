import { EddyError } from '../../core/errors.js';
import { bce } from './bce/index.js';
import { crossEntropy } from './crossEntropy/index.js';
import { esr } from './esr/index.js';
import { gaussianNll } from './gaussianNll/index.js';
import { huber } from './huber/index.js';
import type { Loss } from './loss.js';
import { mae } from './mae/index.js';
import { mse } from './mse/index.js';
import { pinball } from './pinball/index.js';

const makers: { readonly [name: string]: (parameters: readonly number[]) => Loss } = {
  bce: () => bce,
  crossEntropy: () => crossEntropy,
  esr: ([preEmphasis, dc, floor]) => esr({ preEmphasis, dc, floor }),
  gaussianNll: () => gaussianNll,
  huber: ([delta]) => huber(delta),
  mae: () => mae,
  mse: () => mse,
  pinball: (taus) => pinball(...taus),
};

/** The loss of a name and parameters: a loss has functions, which a message to another thread cannot carry. */
export function lossNamed({ name, parameters }: Pick<Loss, 'name' | 'parameters'>): Loss {
  if (Object.hasOwn(makers, name)) return makers[name](parameters);
  throw new EddyError(
    'invalid-option',
    `eddy: a loss that travels must be one of ${Object.keys(makers).join(', ')}, got ${name}; give it to runLearnerWorker too`,
  );
}
