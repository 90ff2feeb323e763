import type { Random } from '../core/random.js';
import type { Model } from '../nn/model/model.js';
import { ceil4 } from '../nn/model/parameters.js';
import { Track, TrackBytes } from '../runtime/kernels.generated.js';
import { writeRecord } from '../runtime/record.js';
import type { Tape } from './tape.js';

/**
 * Draws the masks of an update on `count` samples: each output of a layer with dropout p is hidden with probability p, or scaled by
 * 1/(1 − p), so that its mean stays as it was (inverted dropout, Srivastava et al. 2014).
 */
export function drawMasks({ layers, runtime }: Model, { masks }: Tape, random: Random, count: number): void {
  const { f32 } = runtime.heap;
  layers.forEach(({ units, dropout }, l) => {
    if (dropout === 0) return;
    const padded = ceil4(units);
    const kept = 1 / (1 - dropout);
    for (let m = 0, at = masks[l] >> 2; m < count; m++, at += padded) {
      for (let u = 0; u < units; u++) f32[at + u] = random.uniform() < dropout ? 0 : kept;
    }
  });
}

/** Runs `look` with every unit of every layer in place, as prediction has it. */
export function withoutDropout<T>(model: Model, tape: Tape, look: () => T): T {
  const { heap } = model.runtime;
  const set = (mask: (layer: number) => number) =>
    model.layers.forEach((_, l) => {
      writeRecord(heap, Track, tape.tracks + l * TrackBytes, { mask: mask(l) });
    });
  set(() => 0);
  try {
    return look();
  } finally {
    set((l) => tape.masks[l]);
  }
}
