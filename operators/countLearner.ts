import type { LearnerCounts } from '../src/learner/learnStep.js';
import type { Countable, Metrics } from '../src/metrics.js';

const NAMES = [
  ['updates', 'updates'],
  ['skipped', 'skippedUpdates'],
  ['clipped', 'clipped'],
  ['nonFinite', 'nonFinite'],
  ['droppedLabels', 'lateLabels'],
] as const satisfies readonly (readonly [keyof LearnerCounts, Countable])[];

/** A learner, or a copy of its counts that is kept up to date. */
export interface Counted {
  readonly counts: Readonly<Pick<LearnerCounts, (typeof NAMES)[number][0]>>;
}

/** Passes a learner's counts on as they grow; called with false it only takes note of them, as after a restore. */
export function countLearner({ counts }: Counted, metrics: Metrics): (report?: boolean) => void {
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
