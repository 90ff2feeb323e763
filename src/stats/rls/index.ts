import type { Arena } from '../../runtime/heap.js';
import type { Runtime } from '../../runtime/runtime.js';
import { type Covariance, type CovarianceOptions, MOST_EXCITED, triangleIndex, triangleSize } from './covariance.js';

/** A covariance on the kernels' heap; its blocks are the arena's. @throws EddyError `out-of-memory` */
export function createCovariance({ heap, kernels }: Runtime, arena: Arena, options: CovarianceOptions): Covariance {
  const { inputs, forgetting, prior } = options;
  const length = triangleSize(inputs);
  const blocks = Math.ceil(inputs / 4);
  const P = arena.take(length * 8);
  const x = arena.take(blocks * 32);
  const g = arena.take(blocks * 32);
  const reset = () => {
    const memory = heap.f64;
    memory.fill(0, P >> 3, (P >> 3) + length);
    for (let i = 0; i < inputs; i++) memory[(P >> 3) + triangleIndex(i, i)] = prior;
  };
  reset();
  return {
    values: {
      length,
      slice: () => heap.f64.slice(P >> 3, (P >> 3) + length),
      set: (values) => heap.f64.set(values, P >> 3),
    },
    reset,
    excite(from, at, gain, to) {
      const memory = heap.f64;
      const own = x >> 3;
      const result = g >> 3;
      for (let i = 0; i < inputs; i++) memory[own + i] = from[at + i];
      // The kernel has put other numbers where the padding was.
      for (let i = inputs; i < blocks * 4; i++) memory[own + i] = 0;
      if (kernels.rlsExcite(P, x, g, blocks, forgetting, MOST_EXCITED)) {
        for (let i = 0; i < inputs; i++) gain[to + i] = memory[result + i];
        return;
      }
      reset();
      gain.fill(0, to, to + inputs);
    },
  };
}
