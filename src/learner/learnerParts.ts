import type { Model } from '../nn/model/model.js';
import type { LearnerCounts } from './learnStep.js';
import type { CheckedOptions } from './options.js';
import type { Tape } from './tape.js';
import type { Timeline } from './timeline.js';
import type { Updater } from './updater.js';
import type { UpdateThrottle } from './updateThrottle.js';

/** What a learner consists of. */
export interface LearnerParts {
  readonly model: Model;
  readonly options: CheckedOptions;
  readonly tape: Tape;
  readonly time: Timeline;
  readonly updater: Updater;
  readonly throttle: UpdateThrottle;
  readonly counts: LearnerCounts;
}
