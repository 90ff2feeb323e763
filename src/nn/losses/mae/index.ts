import { losses } from '../../../runtime/kernels.generated.js';
import type { Loss, LossMember } from '../loss.js';
import { maeReference } from './reference.js';

const member: LossMember = {
  name: 'mae',
  create: () => mae,
  example: { parameters: [], outputs: 5, activation: 'linear', targets: 'numbers' },
};

/**
 * Mean absolute error over the target's present elements: ℓ = Σ |y − ŷ|/n. The best constant prediction is the median.
 *
 *     learn(model, { target: (s) => s[0], loss: mae, … })
 */
export const mae: Loss & { readonly member: LossMember } = {
  member,
  name: member.name,
  kind: losses.mae,
  fused: false,
  parameters: [],
  reference: maeReference,
  targetWidth: (outputs) => outputs,
};
