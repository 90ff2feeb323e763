import { loadKernels } from '#kernels';
import { loadTfjs } from '#tfjs';
import { engine, registerBackend, removeBackend, version_core } from '#tfjs-core';
import { registerTfjsKernels } from '#tfjs-kernels';
import { EddyError } from '../core/errors.js';
import { Backend } from './backend.js';
import { ALIGNMENT, type Allocator, createHeap } from './heap.js';
import { instantiateKernels, requireSimd } from './instantiate.js';
import type { Runtime } from './runtime.js';
import { startTfjsModule, type TfjsModule } from './tfjsModule.js';

const TFJS_VERSION = '4.22.0';

let starting: Promise<Runtime> | undefined;

/**
 * Starts tfjs's WASM backend, once a process, and eddy's kernels over its memory. It is registered as tfjs's `wasm` backend and not made
 * the active one: `tf.setBackend('wasm')` does that for a user's own tfjs code, which then shares the heap. tfjs's own kernels come in then,
 * and in workerd with `rx-eddy/tfjs`: a network needs none.
 *
 * Fails with `host` for another tfjs version, a `wasm` backend that someone else has started, or a host without SIMD.
 */
export function startTfjs(): Promise<Runtime> {
  starting ??= start().catch((error: unknown) => {
    starting = undefined;
    throw error;
  });
  return starting;
}

async function start(): Promise<Runtime> {
  refuseOtherVersion(version_core);
  if ('wasm' in engine().registry) {
    throw new EddyError(
      'host',
      "eddy: tfjs's wasm backend must be started by eddy, someone has started it already; await createModel (or startTfjs) before tf.setBackend('wasm')",
    );
  }
  requireSimd();
  const [tfjs, kernels] = await Promise.all([loadTfjs(), loadKernels()]);
  const module = startTfjsModule(tfjs);
  // The package's own factory, where the user has imported it.
  if ('wasm' in engine().registryFactory) removeBackend('wasm');
  registerBackend('wasm', () => startBackend(module), 2);
  const { heap, readViews } = createHeap(onTfjs(module));
  module.onGrowth = readViews;
  return { heap, kernels: instantiateKernels(kernels, module.memory) };
}

/** Runs when tfjs first wants its backend, if it ever does. */
function startBackend(module: TfjsModule): Backend | Promise<Backend> {
  const registered = registerTfjsKernels();
  return registered ? registered.then(() => new Backend(module)) : new Backend(module);
}

/** Fails with `host` unless tfjs's core is of the version whose module eddy starts. */
export function refuseOtherVersion(core: string): void {
  if (core === TFJS_VERSION) return;
  throw new EddyError('host', `eddy: tfjs-core must be ${TFJS_VERSION}, got ${core}; install exactly that version`);
}

/** tfjs's own allocator, whose blocks start at multiples of 16. */
function onTfjs({ memory, _malloc, _free }: TfjsModule): Allocator {
  const raw = new Map<number, number>();
  return {
    memory,
    take(bytes) {
      const block = _malloc(bytes + ALIGNMENT) >>> 0;
      if (block === 0) return 0;
      const address = Math.ceil((block + 1) / ALIGNMENT) * ALIGNMENT;
      raw.set(address, block);
      return address;
    },
    give(address) {
      const block = raw.get(address);
      raw.delete(address);
      if (block !== undefined) _free(block);
    },
  };
}
