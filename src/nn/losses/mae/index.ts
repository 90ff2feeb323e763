import { losses } from '../../../runtime/kernels.generated.js';
import type { Loss } from '../loss.js';

/**
 * Mean absolute error over the target's present elements: ℓ = Σ |y − ŷ|/n. The best constant prediction is the median.
 *
 *     learn(model, { target: (s) => s[0], loss: mae, … })
 */
export const mae: Loss = {
  name: 'mae',
  kind: losses.mae,
  fused: false,
  parameters: [],
  targetWidth: (outputs) => outputs,
};
