export { type GruOptions, gru } from './cells/gru/index.js';
export { lstm } from './cells/lstm/index.js';
export { type RnnOptions, rnn } from './cells/rnn/index.js';
export { createModel } from './createModel.js';
export { EddyError, type EddyErrorCode } from './errors.js';
export { type Fidelity, type FidelityOptions, gradientFidelity } from './learner/fidelity/index.js';
export type { GateRecord } from './learner/gates.js';
export {
  type Due,
  type LabelStep,
  type Learner,
  type LearnerCounts,
  type LearnStep,
  openLearner,
  type Target,
} from './learner/learner.js';
export type { LearnerOptions } from './learner/options.js';
export { bce } from './losses/bce/index.js';
export { crossEntropy } from './losses/crossEntropy/index.js';
export { gaussianNll } from './losses/gaussianNll/index.js';
export { huber } from './losses/huber/index.js';
export type { Loss } from './losses/loss.js';
export { mae } from './losses/mae/index.js';
export { mse } from './losses/mse/index.js';
export { pinball } from './losses/pinball/index.js';
export type { ModelSpec } from './model/definition.js';
export type { Model } from './model/model.js';
export type { NamedTensor, Weights } from './model/parameters.js';
export type { State, StateRecord } from './model/state.js';
export { type AdagradOptions, adagrad } from './optimizers/adagrad/index.js';
export { type AdamOptions, adam } from './optimizers/adam/index.js';
export { type AdamwOptions, adamw } from './optimizers/adamw/index.js';
export type { Optimizer } from './optimizers/optimizer.js';
export { type RmspropOptions, rmsprop } from './optimizers/rmsprop/index.js';
export { type SgdOptions, sgd } from './optimizers/sgd/index.js';
export { dense } from './readouts/dense/index.js';
export type { Sample } from './sample.js';
export type { Snapshot, Stage } from './stage.js';
