import type { SoundLearner } from 'rx-eddy/audio';
import type { LearnerReport, Take } from '../messages.js';

/** A learner, and how well and fast it has done since the last report. */
export class Progress {
  #milliseconds = 0;
  #samples = 0;

  constructor(
    readonly learner: SoundLearner,
    readonly sampleRate: number,
  ) {}

  learn({ dry, wet }: Take): void {
    const start = performance.now();
    this.learner.learn([dry], [wet]);
    this.#milliseconds += performance.now() - start;
    this.#samples += dry.length;
  }

  report(): LearnerReport {
    const { errors, samples, invalid } = this.learner;
    const timesRealTime = (1000 * this.#samples) / this.sampleRate / this.#milliseconds;
    const report: LearnerReport = { type: 'report', samples, ratio: errors.ratio, timesRealTime, invalid };
    errors.reset();
    this.#milliseconds = this.#samples = 0;
    return report;
  }
}
