import { losses } from '../../../runtime/kernels.generated.js';
import type { Loss, LossMember } from '../loss.js';
import { logCoshReference } from './reference.js';

const member: LossMember = {
  name: 'logCosh',
  create: () => logCosh,
  example: { parameters: [], outputs: 3, activation: 'linear', targets: 'numbers' },
};

/**
 * The logarithm of the hyperbolic cosine of the error, over the target's present elements: ℓ = Σ ln cosh(y − ŷ)/n. Near 0 it is ½e², far out
 * |e| − ln 2: outliers pull no harder than 1, and the slope has no corner.
 *
 *     learn(model, { target: (s) => s[0], loss: logCosh, … })
 *
 * Saleh & Saleh 2022, arXiv:2208.04564.
 */
export const logCosh: Loss & { readonly member: LossMember } = {
  member,
  name: member.name,
  kind: losses.logCosh,
  fused: false,
  parameters: [],
  reference: logCoshReference,
  targetWidth: (outputs) => outputs,
};
