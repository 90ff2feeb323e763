export { constant } from './constant.js';
export { cosine } from './cosine.js';
export { exponential } from './exponential.js';
export type { Schedule } from './schedule.js';
export { stepDecay } from './stepDecay.js';
export { warmUp } from './warmUp.js';
