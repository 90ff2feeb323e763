import { EddyError } from '../../../core/errors.js';
import { losses } from '../../../runtime/kernels.generated.js';
import { type Loss, type LossMember, readTarget } from '../loss.js';
import { bceReference } from './reference.js';

const member: LossMember = {
  name: 'bce',
  create: () => bce,
  example: { parameters: [], outputs: 5, activation: 'sigmoid', targets: 'shares' },
};

/**
 * Binary cross-entropy, an independent yes or no for each output: −Σ (p ln y + (1−p) ln(1−y))/n, computed from the logits under the
 * sigmoid readout that it needs. A target element is from 0 to 1.
 *
 *     createModel({ …, output: dense(1, { activation: 'sigmoid' }) });  createLearner(model, { loss: bce, … });  learner.step(x, 1);
 *
 * Fails with `invalid-option` for another readout, with `invalid-sample` for a target below 0 or above 1.
 */
export const bce: Loss & { readonly member: LossMember } = {
  member,
  name: member.name,
  kind: losses.bce,
  fused: true,
  parameters: [],
  reference: bceReference,
  targetWidth(outputs, readout) {
    if (readout?.activation === 'sigmoid') return outputs;
    throw new EddyError(
      'invalid-option',
      `bce: the readout must be a sigmoid one, got ${readout?.activation ?? 'none'}; use dense(${outputs}, { activation: 'sigmoid' })`,
    );
  },
  readTarget(target, width, memory, at, where, index) {
    const outside = (p: unknown) => typeof p === 'number' && (p < 0 || p > 1);
    const wrong =
      typeof target === 'object' && target !== null ? Array.from<unknown>(target).some(outside) : outside(target);
    if (wrong) {
      throw new EddyError(
        'invalid-sample',
        `${where}: the target of sample ${index} must be from 0 to 1 (bce), got ${String(target)}; give 0 for no and 1 for yes`,
      );
    }
    readTarget(target, width, memory, at, where, index);
  },
};
