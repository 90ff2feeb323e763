// Registers tfjs's kernels; the package's index would bring Emscripten's glue with them.
import '@tensorflow/tfjs-backend-wasm/dist/register_all_kernels.js';
import { version } from '@tensorflow/tfjs-backend-wasm/dist/version.js';
import tfjs from '../../tfjs.wasm';

export const tfjsVersion = version;

/** tfjs's own WASM module, compiled at deployment. */
export const loadTfjs = async (): Promise<WebAssembly.Module> => tfjs;
