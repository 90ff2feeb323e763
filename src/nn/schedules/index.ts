export { constant } from './constant/index.js';
export { cosine } from './cosine/index.js';
export { exponential } from './exponential/index.js';
export type { Schedule } from './schedule.js';
export { stepDecay } from './stepDecay/index.js';
export { warmUp } from './warmUp/index.js';
