export { asOperator } from './asOperator.js';
export { type CheckpointOptions, checkpoint } from './checkpoint.js';
export { inverse } from './inverse.js';
export { type LearnOptions, learn } from './learn.js';
export { type PredictOptions, predict } from './predict.js';
export { type StandardizeOptions, standardize } from './standardize.js';
export { toAsyncGenerator } from './toAsyncGenerator.js';
