import type { Countable, Telemetry } from '../../src/core/telemetry.js';
import type { LearnerCounts } from '../../src/learner/learnStep.js';

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
export function countLearner({ counts }: Counted, telemetry: Telemetry): (report?: boolean) => void {
  const reported = NAMES.map(([from]) => counts[from]);
  return (report = true) => {
    for (let i = 0; i < NAMES.length; i++) {
      const [from, to] = NAMES[i];
      const grown = counts[from] - reported[i];
      reported[i] = counts[from];
      if (report && grown > 0) telemetry.add(to, grown);
    }
  };
}
