import { timeOf } from './frames.js';
import { type Stretch, type Turn, voiceAt } from './turns.js';

/** A frame of a clip, and who speaks in it: 0 nobody. */
export interface Heard {
  readonly bands: Float32Array;
  readonly voice: number;
  readonly first: boolean;
  readonly last: boolean;
}
export type Clip = readonly Heard[];

/** Cuts stretches of frames into clips, each as long as `lengthOf` says; what is left over at an end is a shorter one. */
export function cutClips(
  frames: readonly Float32Array[],
  turns: readonly Turn[],
  stretches: readonly Stretch[],
  lengthOf: () => number,
): Clip[] {
  const clips: Clip[] = [];
  for (const { start, end } of stretches) {
    const indices = frames.flatMap((_, i) => (timeOf(i) >= start && timeOf(i) < end ? [i] : []));
    for (let at = 0; at < indices.length; ) {
      const own = indices.slice(at, at + lengthOf());
      at += own.length;
      clips.push(
        own.map((i, k) => ({
          bands: frames[i],
          voice: voiceAt(turns, timeOf(i)),
          first: k === 0,
          last: k === own.length - 1,
        })),
      );
    }
  }
  return clips;
}

/** A whole number from `low` to `high`, from a seeded generator (mulberry32, Tommy Ettinger 2017): the same clips in every run. */
export function createDice(seed: number): (low: number, high: number) => number {
  let state = seed;
  return (low, high) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return low + (((t ^ (t >>> 14)) >>> 0) % (high - low + 1));
  };
}

/** In another order (Fisher & Yates 1938). */
export function shuffled<T>(list: readonly T[], dice: (low: number, high: number) => number): T[] {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const k = dice(0, i);
    [copy[i], copy[k]] = [copy[k], copy[i]];
  }
  return copy;
}
