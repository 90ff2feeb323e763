import { EddyError } from '../core/errors.js';
import type { Weights } from '../nn/model/parameters.js';
import type { Checkpoint } from './checkpoint.js';
import { sameShape, type WeightTensor } from './weights.js';

/**
 * The weighted mean of models of one shape, so that several streams can share what they learned (McMahan et al. 2017, "federated
 * averaging"). Each share is `weights[i]` over their sum; left out, all are equal. Summed in float64, in the order given.
 *
 *     model.setWeights(average([a, b], [a.offset, b.offset]));   // two checkpoints, by the samples that each has seen
 *
 * Fails with `invalid-option` on no checkpoints or shares that are not numbers ≥ 0 with a sum above 0, `invalid-weights` if the models differ
 * in anything but their weights.
 */
export function average(
  checkpoints: readonly Pick<Checkpoint, 'definition' | 'weights'>[],
  weights: readonly number[] = checkpoints.map(() => 1),
): Weights {
  const [first] = checkpoints;
  const sum = weights.reduce((a, b) => a + b, 0);
  if (
    first === undefined ||
    weights.length !== checkpoints.length ||
    !(sum > 0 && Number.isFinite(sum)) ||
    weights.some((w) => !(w >= 0))
  ) {
    throw new EddyError(
      'invalid-option',
      `average: takes at least one checkpoint and for each a share ≥ 0, not all 0, got ${checkpoints.length} and [${weights}]`,
    );
  }
  const names = Object.keys(first.weights);
  checkpoints.forEach((other, i) => {
    const { definition } = first;
    const fits =
      JSON.stringify(other.definition) === JSON.stringify(definition) &&
      Object.keys(other.weights).length === names.length &&
      names.every(
        (name) => Object.hasOwn(other.weights, name) && sameShape(other.weights[name].shape, first.weights[name].shape),
      );
    if (!fits) {
      throw new EddyError(
        'invalid-weights',
        `average: all models must have one definition, number ${i} differs from the first; leave it out`,
      );
    }
  });
  const mean: { [name: string]: WeightTensor } = {};
  for (const name of names) {
    const { shape, data } = first.weights[name];
    const total = new Float64Array(data.length);
    checkpoints.forEach(({ weights: each }, i) => {
      each[name].data.forEach((value, k) => {
        total[k] += value * weights[i];
      });
    });
    mean[name] = { shape: [...shape], data: Float32Array.from(total, (value) => value / sum) };
  }
  return mean;
}
