export { asOperator } from './asOperator.js';
export { type CheckpointOptions, checkpoint } from './checkpoint.js';
export { type FeedbackOptions, inverseSigmoid } from './feedback.js';
export { type FreeRun, type GenerateOptions, generate, type Steered } from './generate.js';
export { inverse } from './inverse.js';
export { type LearnOptions, learn } from './learn.js';
export { type PredictOptions, predict } from './predict.js';
export { type StandardizeOptions, standardize } from './standardize.js';
export { toAsyncGenerator } from './toAsyncGenerator.js';
