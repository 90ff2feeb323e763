/**
 * Memory that the kernels share with JavaScript. Its views are read anew at every use: growth detaches the old ones.
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

/** Blocks of a heap that live and die together. */
export interface Arena {
  /** A block of `bytes`, zeroed; its address. */
  take(bytes: number): number;
  dispose(): void;
}

/** Where the blocks of one model, state or learner come from: `dispose` frees them all, once. */
export function openArena(heap: Heap): Arena {
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
