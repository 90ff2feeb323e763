import type { Model } from './model/model.js';

/**
 * Sets a model's readout to 0: it outputs 0 whatever comes, until it has learned better. Where the targets are changes, that is the
 * forecast of the last value, a good one to start from.
 *
 * @throws EddyError `disposed`
 */
export function zeroReadout(model: Model): void {
  const weights = model.weights();
  for (const name of ['output.weight', 'output.bias']) weights[name]?.data.fill(0);
  model.setWeights(weights);
}
