import type { Learner } from './learner.js';
import { OPEN_LEARNERS } from './limits.js';

/**
 * The isolate's open learners by their objects, the one used longest ago first. An object whose learner has been closed opens it again from
 * storage. Its key is the object as it is in memory: one that was evicted and made anew never finds what it had, which may be out of date.
 */
const learners = new Map<object, Learner>();

/** The learner of an object, if it is still open; it counts as used now. */
export function findOpen(owner: object): Learner | undefined {
  const learner = learners.get(owner);
  if (learner) keepOpen(owner, learner);
  return learner;
}

/** Keeps a learner open, in place of the one used longest ago if there are too many. */
export function keepOpen(owner: object, learner: Learner): void {
  learners.delete(owner);
  learners.set(owner, learner);
  for (const oldest of learners.keys()) {
    if (learners.size <= OPEN_LEARNERS) break;
    closeLearner(oldest);
  }
}

/** Closes an object's learner: what it has learned since the last save is forgotten. */
export function closeLearner(owner: object): void {
  learners.get(owner)?.close();
  learners.delete(owner);
}
