import { SoundLearner, soundModel } from 'rx-eddy/audio';
import { createBareRuntime, createModelOn } from 'rx-eddy/bare';
import type { FromLearner, LearnerSetting, Take, ToLearner } from '../messages.js';
import { follow } from './follow.js';
import { Progress } from './Progress.js';

/** Of a whole sound: between two reports. */
const CHUNK_SECONDS = 0.25;

const post = (message: FromLearner) => self.postMessage(message);

let learning: { learner: SoundLearner; setting: LearnerSetting } | undefined;
let paused = false;

/** Learns what a pedal does, in a thread of its own: from a processor that it follows, or from two whole sounds. */
self.onmessage = ({ data }: MessageEvent<ToLearner>) => {
  try {
    take(data);
  } catch (error) {
    post({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
};

function take(message: ToLearner): void {
  if (message.type === 'open') {
    learning?.learner.dispose();
    const { setting, kernels } = message;
    const model = createModelOn(createBareRuntime(kernels), soundModel(setting));
    learning = { learner: new SoundLearner(model, setting), setting };
  } else if (message.type === 'pause') paused = message.paused;
  else if (!learning) throw new Error('the learner must be open before it hears anything');
  else if (message.type === 'follow') {
    const { learner, setting } = learning;
    follow(message.port, learner, setting.sampleRate, { isPaused: () => paused, report: post });
  } else learnWhole(message.take, learning.learner, learning.setting.sampleRate);
}

function learnWhole({ dry, wet }: Take, learner: SoundLearner, sampleRate: number): void {
  const progress = new Progress(learner, sampleRate);
  const chunk = Math.ceil(CHUNK_SECONDS * sampleRate);
  let [error, signal] = [0, 0];
  for (let from = 0; from < dry.length; from += chunk) {
    const energy = energyOf(wet.subarray(from, from + chunk));
    progress.learn({ dry: dry.subarray(from, from + chunk), wet: wet.subarray(from, from + chunk) });
    const report = progress.report();
    if (energy > 0) {
      error += report.ratio * energy;
      signal += energy;
    }
    post(report);
  }
  post({ type: 'learned', ratio: error / signal, weights: learner.weights() });
}

const energyOf = (sound: Float32Array) => sound.reduce((sum, y) => sum + y * y, 0);
