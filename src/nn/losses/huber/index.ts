import { EddyError } from '../../../core/errors.js';
import { losses } from '../../../runtime/kernels.generated.js';
import type { Loss, LossMember } from '../loss.js';
import { huberReference } from './reference.js';

const member: LossMember = {
  name: 'huber',
  create: ([delta]) => huber(delta),
  example: { parameters: [1.5], outputs: 3, activation: 'linear', targets: 'numbers' },
};

/**
 * Huber's loss, over the target's present elements: Σ ½e²/n where |e| ≤ δ, beyond it δ(|e| − ½δ): outliers pull no harder than δ.
 *
 *     learn(model, { target: (s) => s[0], loss: huber(1), … })
 *
 * Huber 1964, doi 10.1214/aoms/1177703732.
 *
 * @throws EddyError `invalid-option` unless δ is a finite number above 0.
 */
export function huber(delta: number): Loss {
  if (!(delta > 0 && Math.fround(delta) > 0 && delta < Number.POSITIVE_INFINITY)) {
    throw new EddyError('invalid-option', `huber: δ must be a number above 0, got ${delta}; try 1`);
  }
  return {
    name: member.name,
    kind: losses.huber,
    fused: false,
    parameters: [delta],
    reference: (read, target) => huberReference(read, target, delta),
    targetWidth: (outputs) => outputs,
  };
}
huber.member = member;
