export * from './bare.js';
export { createModel } from './createModel.js';
