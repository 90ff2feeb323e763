import { EddyError } from '../core/errors.js';
import { MAX_BYTES } from './heap.js';

const PAGE = 65536;

/** The exports of tfjs's SIMD module that a start needs; every kernel is one more function. */
type TfjsExports = {
  memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  free(address: number): void;
  stackSave(): number;
  stackRestore(stack: number): void;
  stackAlloc(bytes: number): number;
  __wasm_call_ctors(): void;
};

type KernelArgument = number | Uint8Array;
type KernelCall = (...args: KernelArgument[]) => unknown;

/** tfjs's WASM module, started without Emscripten's JavaScript, under the names by which tfjs's kernels know it. */
export interface TfjsModule {
  readonly memory: WebAssembly.Memory;
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  /** An exported function that takes numbers, and arrays where `types` say so: those are copied onto the module's stack. */
  cwrap(name: string, returns: string | null, types?: readonly string[]): KernelCall;
  /** Called after each growth, when all views are detached. */
  onGrowth: () => void;
}

/**
 * Starts tfjs's own WASM module (`tfjs-backend-wasm-simd.wasm`): its seven imports and a cwrap. Emscripten's glue does the same with 100 kB of
 * JavaScript, listeners on the process, and a compilation that workerd forbids.
 *
 * Over 60 lines: the module's imports and exports are one knot, each reads views that the others move.
 */
export function startTfjsModule(module: WebAssembly.Module): TfjsModule {
  let bytes = new Uint8Array();
  let words = new Uint32Array();
  const readViews = () => {
    bytes = new Uint8Array(exports.memory.buffer);
    words = new Uint32Array(exports.memory.buffer);
  };
  const env = {
    abort() {
      throw new EddyError('host', 'eddy: the tfjs WASM module aborted; start a new process, and report what led to it');
    },
    emscripten_memcpy_big(to: number, from: number, count: number) {
      bytes.copyWithin(to, from, from + count);
    },
    emscripten_get_heap_max: () => MAX_BYTES,
    emscripten_resize_heap(asked: number) {
      const wanted = asked >>> 0;
      if (wanted > MAX_BYTES) return 0;
      const target = Math.min(MAX_BYTES, Math.max(wanted, bytes.length * 1.2));
      try {
        exports.memory.grow(Math.ceil((target - bytes.length) / PAGE));
      } catch {
        return 0;
      }
      readViews();
      started.onGrowth();
      return 1;
    },
  };
  const wasi_snapshot_preview1 = {
    fd_close: () => 0,
    fd_seek: () => 70,
    fd_write(_file: number, vectors: number, count: number, written: number) {
      let total = 0;
      for (let k = 0; k < count; k++) total += words[(vectors >> 2) + 2 * k + 1];
      words[written >> 2] = total;
      return 0;
    },
  };
  const instance = new WebAssembly.Instance(module, { env, wasi_snapshot_preview1 });
  // WebAssembly's types know an export only as "some export"; these are the ones of the pinned tfjs version.
  const exports = instance.exports as TfjsExports;
  readViews();
  exports.__wasm_call_ctors();

  const cwrap: TfjsModule['cwrap'] = (name, returns, types = []) => {
    const call = instance.exports[name] as KernelCall;
    const finish = (value: unknown) => (returns === 'boolean' ? Boolean(value) : value);
    if (!types.includes('array')) return returns === 'boolean' ? (...args) => finish(call(...args)) : call;
    return (...args) => {
      const stack = exports.stackSave();
      const onStack = (array: Uint8Array) => {
        const address = exports.stackAlloc(array.length);
        bytes.set(array, address);
        return address;
      };
      const result = call(...args.map((argument) => (typeof argument === 'object' ? onStack(argument) : argument)));
      exports.stackRestore(stack);
      return finish(result);
    };
  };
  const started: TfjsModule = {
    memory: exports.memory,
    get HEAPU8() {
      return bytes;
    },
    _malloc: exports.malloc,
    _free: exports.free,
    cwrap,
    onGrowth() {},
  };
  return started;
}
