import { EddyError } from '../../core/errors.js';
import { bceReference } from '../../nn/losses/bce/reference.js';
import { crossEntropyReference } from '../../nn/losses/crossEntropy/reference.js';
import { gaussianNllReference } from '../../nn/losses/gaussianNll/reference.js';
import { huberReference } from '../../nn/losses/huber/reference.js';
import type { Loss } from '../../nn/losses/loss.js';
import { maeReference } from '../../nn/losses/mae/reference.js';
import { mseReference } from '../../nn/losses/mse/reference.js';
import { pinballReference } from '../../nn/losses/pinball/reference.js';
import type { LossResult, Target } from '../../nn/losses/reference.js';

/** A loss in float64, by what it reads: the logits for a fused one, else the output. */
export type ReferenceLoss = (read: number[], target: Target) => LossResult | undefined;

/** @throws EddyError `invalid-option` for a loss that has no reference, such as one written in tfjs ops. */
export function referenceLoss({ name, parameters }: Loss): ReferenceLoss {
  const references: { readonly [name: string]: ReferenceLoss } = {
    mse: mseReference,
    mae: maeReference,
    huber: (read, target) => huberReference(read, target, parameters[0]),
    pinball: (read, target) => pinballReference(read, target, parameters),
    gaussianNll: gaussianNllReference,
    bce: bceReference,
    crossEntropy: crossEntropyReference,
  };
  if (Object.hasOwn(references, name)) return references[name];
  throw new EddyError(
    'invalid-option',
    `gradientFidelity: loss must be one of ${Object.keys(references).join(', ')}, got ${name}; it has no float64 reference sample by sample`,
  );
}
