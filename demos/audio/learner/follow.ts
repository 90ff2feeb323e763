import type { SoundLearner } from 'rx-eddy/audio';
import type { FromLearner, FromLearnerToProcessor, Take } from '../messages.js';
import { Progress } from './Progress.js';

/** Sound between two hand-overs of weights. */
const HAND_OVER_SECONDS = 0.2;
/** Less sound than this is waited for. */
const LEAST_SECONDS = 0.02;

export interface FollowOptions {
  readonly isPaused: () => boolean;
  readonly report: (message: FromLearner) => void;
}

/**
 * Learns what a processor hears: pulls the sound that has come since the last time, learns from it, and brings fresh weights every fifth of
 * a second of it. It pulls only when it is free, so nothing piles up on the way; ends when another is followed.
 */
export function follow(port: MessagePort, learner: SoundLearner, sampleRate: number, options: FollowOptions): void {
  const { isPaused, report } = options;
  const progress = new Progress(learner, sampleRate);
  const ask = (message: FromLearnerToProcessor) => port.postMessage(message);
  const pull = () => ask({ type: 'pull' });
  let since = 0;
  port.onmessage = ({ data: take }: MessageEvent<Take>) => {
    if (!isPaused() && take.dry.length > 0) {
      progress.learn(take);
      since += take.dry.length;
    }
    if (since >= HAND_OVER_SECONDS * sampleRate) {
      since = 0;
      const weights = learner.weights();
      ask({ type: 'weights', weights });
      report({ type: 'weights', weights });
      report(progress.report());
    }
    if (take.dry.length < LEAST_SECONDS * sampleRate) setTimeout(pull, 1000 * LEAST_SECONDS);
    else pull();
  };
  pull();
}
