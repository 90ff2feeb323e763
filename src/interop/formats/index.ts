export { eddy } from './eddy.js';
export { guitarml } from './guitarml.js';
export { keras } from './keras.js';
export { onnx } from './onnx.js';
export { pytorch } from './pytorch.js';
export { rtneural } from './rtneural.js';
export { tfjs } from './tfjs.js';
