export { asOperator } from './asOperator.js';
export { type CheckpointOptions, checkpoint } from './checkpoint.js';
export { type FrameOptions, frame } from './frame.js';

export { inverse } from './inverse.js';
export { type KeyedOptions, keyed } from './keyed.js';
export { type LearnOptions, learn } from './learn.js';
export { type MeasuredOptions, measured } from './measured.js';
export { type MelOptions, mel } from './mel.js';
export { type PcmOptions, pcm } from './pcm.js';
export { type PredictOptions, predict } from './predict.js';
export { type SpectrumOptions, spectrum } from './spectrum.js';
export { type StandardizeOptions, standardize } from './standardize.js';
export { toAsyncGenerator } from './toAsyncGenerator.js';
export { ticks, type WithInputsOptions, withInputs } from './withInputs.js';
