import * as tf from '@tensorflow/tfjs-core';
import { EddyError } from '../core/errors.js';
import type { Loss } from '../nn/losses/loss.js';
import { losses } from '../runtime/kernels.generated.js';

/**
 * A loss written in tfjs ops, for `learn` and `createLearner`: `fn` gets the outputs [n, outputs] and the targets [n, width] of a window's n
 * labelled samples, and returns a scalar; its gradient comes from tfjs, everything before and after it from eddy's kernels. A target with a
 * missing element is missing as a whole.
 *
 *     learn(model, { loss: tfjsLoss((y, target) => tf.losses.huberLoss(target, y)), … })
 *
 * A window costs what its ops cost, some 20 µs each; the losses of 'rx-eddy' cost none. Give every random number in `fn` a seed.
 *
 * @param width numbers in a target, default as many as outputs
 * @throws EddyError `host` when tfjs has no backend that is ready; `invalid-option` when `fn` does not return a scalar: both at the first use.
 */
export function tfjsLoss(
  fn: (outputs: tf.Tensor2D, targets: tf.Tensor2D) => tf.Tensor,
  { width }: { width?: number } = {},
): Loss {
  if (typeof fn !== 'function') {
    throw new EddyError(
      'invalid-option',
      `tfjsLoss: fn must be a function of outputs and targets, got ${String(fn)}; e.g. tf.losses.absoluteDifference`,
    );
  }
  return {
    name: 'tfjs',
    // Of a loss of this kind the kernels are never asked: ofWindow answers for it.
    kind: losses.mse,
    fused: false,
    parameters: [],
    targetWidth: (outputs) => width ?? outputs,
    ofWindow(outputs, targets, n) {
      return tf.tidy(() => {
        const target = tf.tensor2d(targets, [n, targets.length / n]);
        const { value, grad } = tf.valueAndGrad((y: tf.Tensor) =>
          scalar(fn(tf.reshape(y, [n, outputs.length / n]), target)),
        )(tf.tensor2d(outputs, [n, outputs.length / n]));
        return { loss: value.dataSync()[0], gradient: Float32Array.from(grad.dataSync()) };
      });
    },
  };
}

function scalar(loss: unknown): tf.Scalar {
  if (loss instanceof tf.Tensor && loss.size === 1) return tf.reshape(loss, []);
  const came = loss instanceof tf.Tensor ? `a tensor of shape [${loss.shape}]` : String(loss);
  throw new EddyError('invalid-option', `tfjsLoss: fn must return a scalar tensor, got ${came}; take tf.mean of it`);
}
