import { EddyError } from '../core/errors.js';
import type { KernelExports } from './kernels.generated.js';

// A module of one function: i32.const 0, i8x16.splat, drop.
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11,
]);

/** Fails with `host` where the host's WebAssembly has no 128-bit SIMD. */
export function requireSimd(): void {
  if (!WebAssembly.validate(SIMD_PROBE)) {
    throw new EddyError(
      'host',
      'eddy: the host must run WebAssembly SIMD, it does not; use Node 20.19, Chrome 91, Firefox 89, Safari 16.4 or later',
    );
  }
}

/** The kernels over `memory`, which they share and never grow. */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  requireSimd();
  // The build wrote KernelExports from the module's own sources, so what the instance exports is just that.
  return new WebAssembly.Instance(module, { env: { memory } }).exports as KernelExports;
}
