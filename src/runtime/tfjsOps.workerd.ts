// Registers tfjs's own kernels; the package's index would bring Emscripten's glue with them.
import '@tensorflow/tfjs-backend-wasm/dist/register_all_kernels.js';
