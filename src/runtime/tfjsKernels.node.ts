import { createRequire } from 'node:module';

/** Registers tfjs's own kernels, when the first tfjs code is about to run: at eddy's start they would take longer than all the rest. */
export function registerTfjsKernels(): void {
  // The package's CommonJS bundle: the only part of it that Node can load, and beside the one tfjs-core that all share.
  createRequire(import.meta.url)('@tensorflow/tfjs-backend-wasm');
}
