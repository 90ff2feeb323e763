import { EddyError } from '../../../core/errors.js';
import { losses } from '../../../runtime/kernels.generated.js';
import { type Loss, type LossMember, readTarget } from '../loss.js';
import { crossEntropyReference } from './reference.js';

/** How far a float32 distribution over many classes may be from a sum of 1. */
const SLACK = 1e-3;

const member: LossMember = {
  name: 'crossEntropy',
  create: () => crossEntropy,
  example: { parameters: [], outputs: 4, activation: 'softmax', targets: 'classes' },
};

/**
 * Cross-entropy over classes: −ln y_k for the class k that came, or −Σ p_k ln y_k for a distribution p, computed from the logits under the
 * softmax readout that it needs. A target is a class index from 0, or a probability for each class; one with a NaN is missing as a whole.
 *
 *     createModel({ …, output: dense(5, { activation: 'softmax' }) });  createLearner(model, { loss: crossEntropy, … });  learner.step(x, 3);
 *
 * Fails with `invalid-option` for another readout or fewer than two classes, with `invalid-sample` for a class or a distribution that is none.
 */
export const crossEntropy: Loss & { readonly member: LossMember } = {
  member,
  name: member.name,
  kind: losses.crossEntropy,
  fused: true,
  parameters: [],
  reference: crossEntropyReference,
  single: true,
  targetWidth(outputs, readout) {
    if (readout?.activation === 'softmax' && outputs > 1) return outputs;
    throw new EddyError(
      'invalid-option',
      `crossEntropy: the readout must be a softmax one over at least 2 classes, got ${readout?.activation ?? 'none'} over ${outputs}; use dense(${Math.max(2, outputs)}, { activation: 'softmax' })`,
    );
  },
  readTarget(target, width, memory, at, where, index) {
    const wrong = (rule: string, got: unknown, remedy: string) =>
      new EddyError('invalid-sample', `${where}: the target of sample ${index} must ${rule}, got ${got}; ${remedy}`);
    if (typeof target === 'object' && target?.length === width) {
      const p = new Float32Array(width);
      readTarget(target, width, p, 0, where, index);
      const sum = p.reduce((total, pk) => total + pk, 0);
      if (Number.isNaN(sum)) p.fill(Number.NaN);
      else if (p.some((pk) => pk < 0) || Math.abs(sum - 1) > SLACK)
        throw wrong('be a distribution: no number below 0, their sum 1', `[${String(target)}]`, 'divide by the sum');
      memory.set(p, at);
      return;
    }
    const given: unknown = typeof target === 'object' && target?.length === 1 ? target[0] : target;
    if (given === undefined || Number.isNaN(given)) {
      memory.fill(Number.NaN, at, at + width);
      return;
    }
    if (typeof given !== 'number' || !Number.isInteger(given) || given < 0 || given >= width) {
      throw wrong(
        `be a class from 0 to ${width - 1} or ${width} probabilities`,
        String(given),
        'map labels to classes',
      );
    }
    memory.fill(0, at, at + width);
    memory[at + given] = 1;
  },
};
