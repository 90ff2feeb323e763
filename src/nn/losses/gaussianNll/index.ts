import { EddyError } from '../../../core/errors.js';
import { losses } from '../../../runtime/kernels.generated.js';
import type { Loss, LossMember } from '../loss.js';
import { gaussianNllReference } from './reference.js';

const member: LossMember = {
  name: 'gaussianNll',
  create: () => gaussianNll,
  example: { parameters: [], outputs: 6, activation: 'linear', targets: 'numbers' },
};

/**
 * Negative log likelihood of a normal whose mean and variance the network predicts: the first half of the outputs are the means m of the
 * target's elements, the second half their log variances s; ℓ = Σ ½(s + (y − m)² e^−s)/n, without the constant ½ ln 2π.
 *
 *     createModel({ …, output: dense(2) });  createLearner(model, { loss: gaussianNll, … });  learner.step(x, 0.7);
 *
 * Fails with `invalid-option` for an odd number of outputs or a sigmoid or softmax readout.
 *
 * Nix & Weigend 1994, doi 10.1109/ICNN.1994.374138.
 */
export const gaussianNll: Loss & { readonly member: LossMember } = {
  member,
  name: member.name,
  kind: losses.gaussianNll,
  fused: false,
  parameters: [],
  reference: gaussianNllReference,
  targetWidth(outputs, readout) {
    if (outputs % 2 !== 0) {
      throw new EddyError(
        'invalid-option',
        `gaussianNll: the model must have a mean and a log variance for each target element, got ${outputs} outputs; use dense(2 × elements)`,
      );
    }
    if (readout && readout.activation !== 'linear') {
      throw new EddyError(
        'invalid-option',
        `gaussianNll: the readout must be linear, as a log variance has no bounds, got ${readout.activation}; use dense(${outputs})`,
      );
    }
    return outputs / 2;
  },
};
