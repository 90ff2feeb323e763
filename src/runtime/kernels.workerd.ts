import kernels from '../../eddy.wasm';

/** eddy's kernels, compiled at deployment. */
export const loadKernels = async (): Promise<WebAssembly.Module> => kernels;
