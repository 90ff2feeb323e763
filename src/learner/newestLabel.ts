import { EddyError } from '../core/errors.js';
import type { LearnerParts } from './learnerParts.js';
import type { LabelStep } from './learnStep.js';

/** The newest labelled sample is `index` from now on: makes the update that this brings, if any. */
export function moveNewestLabel(parts: LearnerParts, index: number, result: LabelStep): void {
  const { time, options } = parts;
  const reached = Math.floor(index / options.k1) > Math.floor(time.newestLabel / options.k1);
  time.newestLabel = index;
  if (reached) updateAtNewestLabel(parts, result);
}

/** One update on the window that ends at the front. */
export function updateAtNewestLabel(
  { time, options, updater, throttle, counts }: LearnerParts,
  result: LabelStep,
): void {
  const { window, k1, k2 } = options;
  const steps = Math.min(window, time.newestLabel);
  const slot = time.newestLabel - steps + 1 - time.first;
  const again = k1 < k2 || time.changedSince(slot) || updater.random !== undefined;
  const made = throttle.attempt(counts.samples, () => updater.update(slot, steps, again, result));
  if (!made) counts.skipped++;
}

/** The tape is full: what a window may still need moves to its start. @throws EddyError `invalid-option` past `maxSteps`. */
export function makeRoom({ model, options, tape, time }: LearnerParts, index: number): void {
  const { keep, slots, learner } = tape;
  if (options.full) {
    throw new EddyError(
      'invalid-option',
      `learner.step: full BPTT must see at most maxSteps = ${options.maxSteps} samples before reset(), sample ${index} is one more; raise maxSteps or give k1 and k2`,
    );
  }
  model.runtime.kernels.learnerSlide(learner, slots - keep, keep);
  time.slide(keep);
}
