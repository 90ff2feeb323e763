export { type AdagradOptions, adagrad } from './adagrad/index.js';
export { type AdamOptions, adam } from './adam/index.js';
export { type AdamwOptions, adamw } from './adamw/index.js';
export type { Optimizer } from './optimizer.js';
export { type RmspropOptions, rmsprop } from './rmsprop/index.js';
export { type SgdOptions, sgd } from './sgd/index.js';
