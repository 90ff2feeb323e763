import type { ScoreWindow } from './scoreWindow.js';

/**
 * The radius that misses a share `level` of the window's scores. A level at or below 0 asks for a set that misses nothing,
 * which is the whole line; so that a width stays finite, the largest score is widened instead, in proportion to how far the
 * level is below 0: it still covers in the end, as a level that keeps missing keeps falling.
 */
export function levelRadius(window: ScoreWindow, level: number, alpha: number): number {
  const least = 1 / (window.count + 1);
  if (level >= least) return window.quantile(1 - level);
  return window.largest * (1 + (least - level) / alpha);
}
