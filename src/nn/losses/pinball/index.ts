import { EddyError } from '../../../core/errors.js';
import { losses } from '../../../runtime/kernels.generated.js';
import { type Loss, type LossMember, readTarget } from '../loss.js';
import { pinballReference } from './reference.js';

const member: LossMember = {
  name: 'pinball',
  create: (taus) => pinball(...taus),
  example: { parameters: [0.125, 0.5, 0.75], outputs: 3, activation: 'linear', targets: 'numbers' },
};

/**
 * The pinball (quantile) loss: one output for each quantile τ; e = target − output, ℓ = Σ max(τe, (τ−1)e)/n. A target of one number is
 * every quantile's.
 *
 *     createModel({ …, output: dense(3) });  createLearner(model, { loss: pinball(0.1, 0.5, 0.9), … });  learner.step(x, 0.7);
 *
 * Koenker & Bassett 1978, doi 10.2307/1913643.
 *
 * @throws EddyError `invalid-option` unless there is at least one τ, all between 0 and 1; later, for a model with another number of outputs.
 */
export function pinball(...taus: number[]): Loss {
  if (taus.length === 0 || !taus.every((tau) => tau > 0 && tau < 1)) {
    throw new EddyError(
      'invalid-option',
      `pinball: it must have quantiles between 0 and 1, got (${taus.join(', ')}); e.g. pinball(0.1, 0.5, 0.9)`,
    );
  }
  return {
    name: member.name,
    kind: losses.pinball,
    fused: false,
    parameters: taus,
    reference: (read, target) => pinballReference(read, target, taus),
    single: true,
    targetWidth(outputs) {
      if (outputs === taus.length) return outputs;
      throw new EddyError(
        'invalid-option',
        `pinball: the model must have one output for each of the ${taus.length} quantiles, got ${outputs}; use dense(${taus.length})`,
      );
    },
    readTarget(target, width, memory, at, where, index) {
      const shared = oneOf(target);
      if (shared === undefined || width === 1) {
        readTarget(target, width, memory, at, where, index);
        return;
      }
      readTarget(shared, 1, memory, at, where, index);
      memory.fill(memory[at], at + 1, at + width);
    },
  };
}
pinball.member = member;

const oneOf = (target: Parameters<typeof readTarget>[0]) =>
  typeof target === 'object' && target !== null && target.length === 1
    ? (target[0] ?? Number.NaN)
    : typeof target === 'number'
      ? target
      : undefined;
