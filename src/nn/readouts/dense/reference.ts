import { exp, sigmoid } from '../../../math/functions.js';
import { affine, outer, transposed } from '../../cells/reference.js';
import type { DenseActivation } from '../readout.js';

export interface DenseWeights {
  /** W, [O, H]. */
  weight: number[][];
  /** b, [O]. */
  bias: number[];
}
export interface DenseTape {
  x: number[];
  activation: DenseActivation;
  /** a = W x + b. */
  logits: number[];
  output: number[];
}
export interface DenseGradients {
  x: number[];
  weights: DenseWeights;
}

const activate: Record<DenseActivation, (a: number[]) => number[]> = {
  linear: (a) => a,
  sigmoid: (a) => a.map(sigmoid),
  // Less the largest logit, which changes no quotient and keeps e^a finite.
  softmax: (a) => {
    const e = a.map((ai) => exp(ai - Math.max(...a)));
    const sum = e.reduce((total, ei) => total + ei, 0);
    return e.map((ei) => ei / sum);
  },
};

/** ∂loss/∂a from ∂loss/∂y. */
const backwardActivation: Record<DenseActivation, (y: number[], dy: number[]) => number[]> = {
  linear: (_, dy) => dy,
  sigmoid: (y, dy) => dy.map((d, i) => d * y[i] * (1 - y[i])),
  softmax: (y, dy) => {
    const mean = y.reduce((sum, yi, i) => sum + yi * dy[i], 0);
    return y.map((yi, i) => yi * (dy[i] - mean));
  },
};

/** y = φ(W x + b), φ the identity, σ or softmax: y_i = e^{a_i} / Σ e^{a_j} (Bridle 1990). */
export const denseReference = {
  forward(weights: DenseWeights, x: number[], activation: DenseActivation): DenseTape {
    const logits = affine(weights.weight, x, weights.bias);
    return { x, activation, logits, output: activate[activation](logits) };
  },

  /** From ∂loss/∂output. */
  backward(weights: DenseWeights, tape: DenseTape, dOutput: number[]): DenseGradients {
    return denseReference.backwardLogits(weights, tape, backwardActivation[tape.activation](tape.output, dOutput));
  },

  /** From ∂loss/∂logits, for the losses that are computed from them. */
  backwardLogits(weights: DenseWeights, tape: DenseTape, dLogits: number[]): DenseGradients {
    return {
      x: transposed(weights.weight, dLogits),
      weights: { weight: outer(dLogits, tape.x), bias: dLogits },
    };
  },
};
