export { loadKernels } from '#kernels';
export { lstm } from './cells/lstm/index.js';
export { EddyError, type EddyErrorCode } from './errors.js';
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
export type { Loss } from './losses/loss.js';
export { mse } from './losses/mse/index.js';
export type { ModelSpec } from './model/definition.js';
export type { Model } from './model/model.js';
export type { NamedTensor, Weights } from './model/parameters.js';
export type { State, StateRecord } from './model/state.js';
export { openModel } from './openModel.js';
export { adam } from './optimizers/adam/index.js';
export type { Optimizer } from './optimizers/optimizer.js';
export { sgd } from './optimizers/sgd/index.js';
export { dense } from './readouts/dense/index.js';
export { openBareRuntime } from './runtime/bare.js';
export type { Runtime } from './runtime/runtime.js';
export type { Sample } from './sample.js';
export type { Snapshot, Stage } from './stage.js';
