import { createFreeList } from './freeList.js';
import { createHeap } from './heap.js';
import { instantiateKernels } from './instantiate.js';
import type { Runtime } from './runtime.js';

/** 1 MiB: the kernels, and a model of 100 units with its tape. */
const FIRST_PAGES = 16;

/**
 * The kernels over a memory of their own, without tfjs, started at once: for an AudioWorklet, a small worker, an embedded page. Models on it
 * are those of `createModel`, bit for bit.
 *
 *     const runtime = createBareRuntime(await loadKernels()); // or a module that was posted here
 *     const model = createModelOn(runtime, { input: 4, layers: [lstm(32)], output: dense(1), seed: 7 });
 *
 * @param module eddy's kernels, as `loadKernels` gives them
 * @throws EddyError `host` where WebAssembly has no SIMD.
 */
export function createBareRuntime(module: WebAssembly.Module): Runtime {
  const memory = new WebAssembly.Memory({ initial: FIRST_PAGES });
  const { heap, readViews } = createHeap(createFreeList(memory, () => readViews()));
  return { heap, kernels: instantiateKernels(module, memory) };
}
