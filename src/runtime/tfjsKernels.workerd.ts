/** Nothing: a worker is one script, in which tfjs's own kernels would lie unused. `rx-eddy/tfjs` brings them. */
export function registerTfjsKernels(): void {}
