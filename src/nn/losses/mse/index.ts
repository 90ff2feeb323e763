import { losses } from '../../../runtime/kernels.generated.js';
import type { Loss } from '../loss.js';

/**
 * Mean squared error over the target's present elements: ℓ = Σ (y − ŷ)²/n.
 *
 *     learn(model, { target: (s) => s[0], loss: mse, … })
 */
export const mse: Loss = {
  name: 'mse',
  kind: losses.mse,
  fused: false,
  parameters: [],
  targetWidth: (outputs) => outputs,
};
