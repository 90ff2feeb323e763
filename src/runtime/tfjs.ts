import { BackendWasm, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { loadKernels, loadTfjs } from '#wasm';
import { EddyError } from '../errors.js';
import type { Heap } from './heap.js';
import { instantiateKernels, requireSimd } from './instantiate.js';
import type { Runtime } from './runtime.js';
import { MAX_BYTES, startTfjsModule, type TfjsModule } from './tfjsModule.js';

const TFJS_VERSION = '4.22.0';
const ALIGNMENT = 64;

let starting: Promise<Runtime> | undefined;

/**
 * Starts tfjs's WASM backend, once a process, and eddy's kernels over its memory. It is registered as tfjs's `wasm` backend and not made
 * the active one: `tf.setBackend('wasm')` does that for a user's own tfjs code, which then shares the heap.
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
  refuseOtherVersions(tf.version_core, version_wasm);
  if ('wasm' in tf.engine().registry) {
    throw new EddyError(
      'host',
      "eddy: tfjs's wasm backend must be started by eddy, someone has started it already; await createModel (or startTfjs) before tf.setBackend('wasm')",
    );
  }
  requireSimd();
  const [tfjs, kernels] = await Promise.all([loadTfjs(), loadKernels()]);
  const module = startTfjsModule(tfjs);
  // BackendWasm's types ask for all of Emscripten's module; it uses what startTfjsModule gives.
  const backend: BackendWasm = Reflect.construct(BackendWasm, [module.emscripten]);
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', () => backend, 2);
  tf.findBackend('wasm');
  return { heap: openHeap(module), kernels: instantiateKernels(kernels, module.memory) };
}

/** Fails with `host` unless both versions are the one whose module eddy starts. */
export function refuseOtherVersions(core: string, wasm: string): void {
  if (core === TFJS_VERSION && wasm === TFJS_VERSION) return;
  throw new EddyError(
    'host',
    `eddy: tfjs must be ${TFJS_VERSION}, got tfjs-core ${core} and tfjs-backend-wasm ${wasm}; install exactly that version of both`,
  );
}

function openHeap(module: TfjsModule): Heap {
  const blocks = new Map<number, { raw: number; bytes: number }>();
  let bytesInUse = 0;
  const read = () => ({
    f32: new Float32Array(module.memory.buffer),
    f64: new Float64Array(module.memory.buffer),
    u32: new Uint32Array(module.memory.buffer),
  });
  const heap = {
    ...read(),
    get bytesInUse() {
      return bytesInUse;
    },
    allocate(bytes: number) {
      const fits = bytes + ALIGNMENT < MAX_BYTES;
      const raw = fits ? module.malloc(bytes + ALIGNMENT) >>> 0 : 0;
      if (raw === 0) {
        const heapBytes = module.memory.buffer.byteLength;
        throw new EddyError(
          'out-of-memory',
          `eddy: the heap must have ${bytes} bytes free, it has ${heapBytes} in all, ${bytesInUse} of them eddy's, and may grow to ${MAX_BYTES}; use fewer units, rows or a shorter window, or dispose what is not in use`,
        );
      }
      const address = Math.ceil((raw + 1) / ALIGNMENT) * ALIGNMENT;
      heap.f32.fill(0, address >> 2, (address + bytes + 3) >> 2);
      blocks.set(address, { raw, bytes });
      bytesInUse += bytes;
      return address;
    },
    free(address: number) {
      const block = blocks.get(address);
      if (!block) return;
      blocks.delete(address);
      bytesInUse -= block.bytes;
      module.free(block.raw);
    },
  };
  module.onGrowth = () => Object.assign(heap, read());
  return heap;
}
