import { losses } from '../../../runtime/kernels.generated.js';
import type { Loss, LossMember } from '../loss.js';
import { mseReference } from './reference.js';

const member: LossMember = {
  name: 'mse',
  create: () => mse,
  example: { parameters: [], outputs: 3, activation: 'linear', targets: 'numbers' },
};

/**
 * Mean squared error over the target's present elements: ℓ = Σ (y − ŷ)²/n.
 *
 *     learn(model, { target: (s) => s[0], loss: mse, … })
 */
export const mse: Loss & { readonly member: LossMember } = {
  member,
  name: member.name,
  kind: losses.mse,
  fused: false,
  parameters: [],
  reference: mseReference,
  targetWidth: (outputs) => outputs,
};
