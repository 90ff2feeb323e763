export * from './bare.js';
export { createModel } from './nn/createModel.js';
