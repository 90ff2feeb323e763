export { dense } from './dense/index.js';
