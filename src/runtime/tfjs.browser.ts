import { compileFrom } from './compileFrom.js';

/** tfjs's own WASM module, which the build has put beside eddy's. */
export const loadTfjs = (): Promise<WebAssembly.Module> => compileFrom(new URL('../../tfjs.wasm', import.meta.url));
