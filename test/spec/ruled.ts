import { adagrad, adam, adamw, type Optimizer, rmsprop, sgd } from '../../src/index.js';
import type { ReferenceState } from '../../src/nn/cells/reference.js';
import type { Target as SpecTarget } from '../../src/nn/losses/reference.js';
import { adagradReference } from '../../src/nn/optimizers/adagrad/reference.js';
import { adamReference } from '../../src/nn/optimizers/adam/reference.js';
import { adamwReference } from '../../src/nn/optimizers/adamw/reference.js';
import type { OptimizerReference } from '../../src/nn/optimizers/reference.js';
import { rmspropReference } from '../../src/nn/optimizers/rmsprop/reference.js';
import { sgdReference } from '../../src/nn/optimizers/sgd/reference.js';
import { createSpecLearner, type Learnt, type SpecOptions, type SpecWeights } from './learner.js';

/** The specification without the type of its optimizer's state. */
export interface Spec {
  step(x: number[], target?: SpecTarget): Learnt & { index: number; output: number[] };
  label(index: number, target: SpecTarget): Learnt;
  reset(): Learnt;
  setWeights(weights: SpecWeights): void;
  weights(): SpecWeights;
  state(): ReferenceState[];
  counts(): { updates: number; unlabelled: number; nonFinite: number; late: number };
  /** A snapshot, as the call that goes back to it. */
  mark(): () => void;
}
type Shared = Omit<SpecOptions<{ lr: number }, unknown>, 'optimizer'>;

/** An optimizer, and what opens the specification with its reference. ε is large: around 0 a gradient's rounding must not decide a step. */
function ruled<O extends { lr: number }, S>(optimizer: Optimizer, rule: OptimizerReference<O, S>, options: O) {
  const open = (shared: Shared): Spec => {
    const spec = createSpecLearner({ ...shared, optimizer: { rule, options } });
    const mark = () => {
      const kept = spec.snapshot();
      return () => spec.restore(kept);
    };
    return { ...spec, mark };
  };
  return { optimizer, open };
}
export const [lr, epsilon] = [0.02, 0.05];
export const optimizers = {
  sgd: ruled(sgd(0.1), sgdReference, { lr: 0.1 }),
  nesterov: ruled(sgd(0.05, { momentum: 0.8, nesterov: true, weightDecay: 0.01 }), sgdReference, {
    lr: 0.05,
    momentum: 0.8,
    nesterov: true,
    weightDecay: 0.01,
  }),
  adam: ruled(adam(lr, { epsilon }), adamReference, { lr, epsilon }),
  adamw: ruled(adamw(lr, { epsilon, weightDecay: 0.1 }), adamwReference, { lr, epsilon, weightDecay: 0.1 }),
  rmsprop: ruled(rmsprop(lr, { epsilon, momentum: 0.5 }), rmspropReference, { lr, epsilon, momentum: 0.5 }),
  adagrad: ruled(adagrad(lr, { epsilon }), adagradReference, { lr, epsilon }),
};
