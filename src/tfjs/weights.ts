import * as tf from '@tensorflow/tfjs-core';
import { EddyError } from '../core/errors.js';
import type { Model } from '../nn/model/model.js';
import type { NamedTensor } from '../nn/model/parameters.js';

/** Weights as tfjs tensors (or variables), by PyTorch's names and in its shapes. */
export type TensorWeights = { readonly [name: string]: tf.Tensor };

/**
 * The model's weights as trainable tf.Variables: 'layers.0.weight_ih' [gates·H, in] … 'output.bias' [O]. They are a copy: train them
 * with tfjs, and hand them back with `takeWeights`.
 *
 *     const weights = variables(model);
 *     tf.train.adam(1e-2).minimize(() => tf.losses.meanSquaredError(target, sequence(model, x, undefined, weights).output));
 *     takeWeights(model, weights);
 *
 * @param prefix of the variables' names, which are one namespace in tfjs: give two models two prefixes
 * @throws EddyError `invalid-option`: a variable of such a name is there already; `disposed`.
 */
export function variables(model: Model, prefix = ''): { [name: string]: tf.Variable } {
  const given = Object.entries(model.weights());
  const taken = given.find(([name]) => Object.hasOwn(tf.engine().registeredVariables, prefix + name));
  if (taken) {
    throw new EddyError(
      'invalid-option',
      `variables: names must be new to tfjs, '${prefix + taken[0]}' is taken; dispose those variables or give a prefix`,
    );
  }
  return Object.fromEntries(
    given.map(([name, { shape, data }]) => {
      const start = tf.tensor(data, [...shape]);
      const variable = tf.variable(start, true, prefix + name);
      start.dispose();
      return [name, variable];
    }),
  );
}

/**
 * Gives a model the weights that tfjs has trained.
 * @throws EddyError `invalid-weights`: a name missing or unknown, another shape, a number that is not finite. Nothing changes then.
 */
export function takeWeights(model: Model, weights: TensorWeights): void {
  model.setWeights(
    Object.fromEntries(
      Object.entries(weights).map(([name, tensor]): [string, NamedTensor] => [
        name,
        { shape: tensor.shape, data: Float32Array.from(tensor.dataSync()) },
      ]),
    ),
  );
}
