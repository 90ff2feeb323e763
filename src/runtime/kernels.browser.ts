import { compileFrom } from './compileFrom.js';

/** eddy's kernels, compiled: what `createBareRuntime` takes, also in a worker or worklet that they are posted to. */
export const loadKernels = (): Promise<WebAssembly.Module> => compileFrom(new URL('../../eddy.wasm', import.meta.url));
