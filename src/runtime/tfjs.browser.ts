// Registers tfjs's kernels; the package's index would bring Emscripten's glue with them.
import '@tensorflow/tfjs-backend-wasm/dist/register_all_kernels.js';
import { version } from '@tensorflow/tfjs-backend-wasm/dist/version.js';
import { compileFrom } from './compileFrom.js';

export const tfjsVersion = version;

/** tfjs's own WASM module, which the build has put beside eddy's. */
export const loadTfjs = (): Promise<WebAssembly.Module> => compileFrom(new URL('../../tfjs.wasm', import.meta.url));
