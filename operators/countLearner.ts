import type { Learner } from '../src/learner/learner.js';
import type { LearnerCounts } from '../src/learner/learnStep.js';
import type { Countable, Metrics } from '../src/metrics.js';

const NAMES = [
  ['updates', 'updates'],
  ['skipped', 'skippedUpdates'],
  ['clipped', 'clipped'],
  ['nonFinite', 'nonFinite'],
  ['droppedLabels', 'lateLabels'],
] as const satisfies readonly (readonly [keyof LearnerCounts, Countable])[];

/** Passes a learner's counts on as they grow; called with false it only takes note of them, as after a restore. */
export function countLearner({ counts }: Pick<Learner, 'counts'>, metrics: Metrics): (report?: boolean) => void {
  const told = NAMES.map(([from]) => counts[from]);
  return (report = true) => {
    for (let i = 0; i < NAMES.length; i++) {
      const [from, to] = NAMES[i];
      const grown = counts[from] - told[i];
      told[i] = counts[from];
      if (report && grown > 0) metrics.add(to, grown);
    }
  };
}
