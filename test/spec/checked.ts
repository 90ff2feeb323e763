import { bce, crossEntropy, esr, gaussianNll, huber, type Loss, mae, mse, pinball } from '../../src/index.js';
import { bceReference } from '../../src/nn/losses/bce/reference.js';
import { crossEntropyReference } from '../../src/nn/losses/crossEntropy/reference.js';
import { esrReference, esrWindowReference } from '../../src/nn/losses/esr/reference.js';
import { gaussianNllReference } from '../../src/nn/losses/gaussianNll/reference.js';
import { huberReference } from '../../src/nn/losses/huber/reference.js';
import { maeReference } from '../../src/nn/losses/mae/reference.js';
import { mseReference } from '../../src/nn/losses/mse/reference.js';
import { pinballReference } from '../../src/nn/losses/pinball/reference.js';
import type { LossResult, Target as SpecTarget } from '../../src/nn/losses/reference.js';
import type { DenseActivation } from '../../src/nn/readouts/dense/index.js';
import type { SpecOptions } from './learner.js';

/** A loss with its readout, its reference, and targets made of numbers from −1 to 1 (NaN: missing). */
export interface Judged {
  loss: Loss;
  outputs: number;
  readout: DenseActivation | undefined;
  of(output: number[], target: SpecTarget): LossResult | undefined;
  ofWindow?: SpecOptions<{ lr: number }, unknown>['loss']['ofWindow'];
  targetOf(numbers: number[]): number | number[];
}

const taken = (n: number) => (numbers: number[]) => numbers.slice(0, n);
const taus = [0.2, 0.5, 0.9];
export const weighted: Record<string, Judged> = {
  mse: { loss: mse, outputs: 2, readout: 'linear', of: mseReference, targetOf: taken(2) },
  'mse without a readout': { loss: mse, outputs: 3, readout: undefined, of: mseReference, targetOf: taken(3) },
  'mse under a softmax': { loss: mse, outputs: 3, readout: 'softmax', of: mseReference, targetOf: taken(3) },
  'mse under a sigmoid': { loss: mse, outputs: 1, readout: 'sigmoid', of: mseReference, targetOf: ([y]) => y },
  mae: { loss: mae, outputs: 2, readout: 'linear', of: maeReference, targetOf: taken(2) },
  huber: {
    loss: huber(0.5),
    outputs: 3,
    readout: 'linear',
    of: (output, target) => huberReference(output, target, 0.5),
    targetOf: taken(3),
  },
  pinball: {
    loss: pinball(...taus),
    outputs: 3,
    readout: 'linear',
    of: (output, target) => pinballReference(output, target, taus),
    targetOf: ([y]) => y,
  },
  esr: {
    loss: esr({ floor: 0.25 }),
    outputs: 2,
    readout: 'linear',
    of: (output, target) => esrReference(output, target, [0.85, 1, 0.25]),
    ofWindow: (outputs, targets) => esrWindowReference(outputs, targets, [0.85, 1, 0.25])?.gradient,
    targetOf: taken(2),
  },
  gaussianNll: { loss: gaussianNll, outputs: 4, readout: 'linear', of: gaussianNllReference, targetOf: taken(2) },
  bce: {
    loss: bce,
    outputs: 2,
    readout: 'sigmoid',
    of: bceReference,
    targetOf: (numbers) => numbers.slice(0, 2).map(Math.abs),
  },
  crossEntropy: {
    loss: crossEntropy,
    outputs: 3,
    readout: 'softmax',
    of: crossEntropyReference,
    targetOf: ([y]) => Math.floor(Math.abs(y) * 2.99),
  },
};
