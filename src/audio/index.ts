export { ErrorToSignal } from './errorToSignal.js';
export { SoundLearner, type SoundLearnerOptions } from './soundLearner.js';
export { type SoundModelOptions, soundModel } from './soundModel.js';
export { SoundPlayer } from './soundPlayer.js';
