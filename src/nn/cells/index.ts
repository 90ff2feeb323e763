export type { LayerOptions, LayerSpec } from './cell.js';
export { type GruOptions, gru } from './gru/index.js';
export { lstm } from './lstm/index.js';
export { minGru } from './minGru/index.js';
export { type RnnOptions, rnn } from './rnn/index.js';
