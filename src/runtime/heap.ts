import { EddyError } from '../core/errors.js';

/** What a heap may grow to: addresses stay within 31 bits, as tfjs's module has them. */
export const MAX_BYTES = 2 ** 31;

/** Where every block starts: at the start of a cache line. */
export const ALIGNMENT = 64;

/**
 * Memory that the kernels share with JavaScript. Its views are read again at every use: growth detaches the old ones.
 * Everything starts at a multiple of 64 bytes and is zero.
 */
export interface Heap {
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly u32: Uint32Array;
  /** Bytes given out and not yet freed. */
  readonly bytesInUse: number;
  /** Fails with `out-of-memory`, saying how much was asked and how much there is. */
  allocate(bytes: number): number;
  free(address: number): void;
}

/** Gives out a memory's blocks, each at a multiple of 64; it may grow the memory. */
export interface Allocator {
  readonly memory: WebAssembly.Memory;
  /** 0: there is no room. */
  take(bytes: number): number;
  give(address: number): void;
}

/** A heap over an allocator; whoever grows the memory calls `readViews`. */
export function createHeap({ memory, take, give }: Allocator): { heap: Heap; readViews: () => void } {
  const blocks = new Map<number, number>();
  let bytesInUse = 0;
  const views = () => ({
    f32: new Float32Array(memory.buffer),
    f64: new Float64Array(memory.buffer),
    u32: new Uint32Array(memory.buffer),
  });
  const heap = {
    ...views(),
    get bytesInUse() {
      return bytesInUse;
    },
    allocate(bytes: number) {
      const address = bytes < MAX_BYTES ? take(bytes) : 0;
      if (address === 0) {
        throw new EddyError(
          'out-of-memory',
          `eddy: the heap must have ${bytes} bytes free, it has ${memory.buffer.byteLength} in all, ${bytesInUse} of them eddy's, and may grow to ${MAX_BYTES}; use fewer units, rows or a shorter window, or dispose what is not in use`,
        );
      }
      heap.f32.fill(0, address >> 2, (address + bytes + 3) >> 2);
      blocks.set(address, bytes);
      bytesInUse += bytes;
      return address;
    },
    free(address: number) {
      const bytes = blocks.get(address);
      if (bytes === undefined) return;
      blocks.delete(address);
      bytesInUse -= bytes;
      give(address);
    },
  };
  return { heap, readViews: () => void Object.assign(heap, views()) };
}

/** Blocks of a heap that live and die together. */
export interface Arena {
  /** A block of `bytes`, zeroed; its address. */
  take(bytes: number): number;
  dispose(): void;
}

/** Where the blocks of one model, state or learner come from: `dispose` frees them all, once. */
export function createArena(heap: Heap): Arena {
  const blocks: number[] = [];
  return {
    take(bytes) {
      const address = heap.allocate(bytes);
      blocks.push(address);
      return address;
    },
    dispose() {
      for (const address of blocks.splice(0)) heap.free(address);
    },
  };
}
