import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);
const compile = async (file: string) => WebAssembly.compile(await readFile(resolve(file)));

/** tfjs's own WASM module, from its package. */
export const loadTfjs = () => compile('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm');

/** eddy's kernels. */
export const loadKernels = () => compile('rx-eddy/eddy.wasm');
