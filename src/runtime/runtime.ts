import type { Heap } from './heap.js';
import type { KernelExports } from './kernels.generated.js';

/** What a model runs on: the kernels and the memory they share. */
export interface Runtime {
  readonly heap: Heap;
  readonly kernels: KernelExports;
}
