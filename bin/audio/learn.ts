import { ErrorToSignal } from '../../src/audio/errorToSignal.js';
import { SoundLearner } from '../../src/audio/soundLearner.js';
import { soundModel } from '../../src/audio/soundModel.js';
import { SoundPlayer } from '../../src/audio/soundPlayer.js';
import { createBareRuntime, createModelOn, loadKernels } from '../../src/bare.js';
import { createSaver } from '../../src/checkpoint/saver.js';
import { EddyError } from '../../src/core/errors.js';
import { storeOf } from '../checkpoint.js';
import { createClock, every } from './clock.js';
import { pairs } from './pairs.js';
import { readWav } from './readWav.js';
import { describeFormat } from './wavFormat.js';

export interface LearnOptions {
  model: string;
  cell: string;
  units: number;
  seed: number;
  holdOut: number;
  continue: boolean;
}

const SAVE_SECONDS = 5;
const REPORT_SECONDS = 1;

/** What `eddy audio learn` does. */
export async function learn(dryPath: string, wetPath: string, options: LearnOptions): Promise<void> {
  const { cell, units, seed, holdOut } = options;
  const dry = await readWav(dryPath);
  const wet = await readWav(wetPath);
  const sounds = pairs(dry, wet);
  const { sampleRate, channels } = dry.format;
  const { length } = sounds;
  if (holdOut > 0 && length === undefined) {
    throw new EddyError(
      'invalid-option',
      `learn: ${dry.name} must say how long it is where a share is held out; give a file, or leave --hold-out out`,
    );
  }
  const runtime = createBareRuntime(await loadKernels());
  const spec = soundModel({ cell, units, seed });
  using learning = createModelOn(runtime, spec);
  using playing = createModelOn(runtime, spec);
  const { store, key } = storeOf(options.model);
  if (!options.continue && (await exists(store.load(key)))) {
    throw new EddyError(
      'invalid-option',
      `learn: ${options.model} is there already; pass --continue to learn on, or name another file`,
    );
  }
  const { last, saver } = await createSaver(store, key, { model: playing });
  const known = last?.state.sampleRate;
  if (last && known !== sampleRate) {
    throw new EddyError(
      'invalid-option',
      `learn: ${options.model} was learned at ${String(known)} samples a second, ${dry.name} has ${sampleRate}; resample it, or name another file`,
    );
  }
  const taught = length === undefined ? Number.POSITIVE_INFINITY : length - Math.floor(length * holdOut);
  using learner = new SoundLearner(learning, {
    sampleRate,
    channels,
    ...(length !== undefined && { length: taught }),
    ...(last && { from: last.weights }),
  });
  say(`${describeFormat(dry.format)}; ${cell} of ${units} units`);
  const before = last?.offset ?? 0;
  const save = () => {
    if (Number.isNaN(learner.errors.ratio)) return;
    playing.setWeights(learner.weights());
    saver.save(before + learner.samples, { sampleRate });
  };
  const clock = createClock(sampleRate);
  const timers = { save: every(SAVE_SECONDS), report: every(REPORT_SECONDS) };
  const heard = new ErrorToSignal();
  let player: SoundPlayer | undefined;
  try {
    for await (const [x, y] of sounds.chunks()) {
      const now = x.map((plane) => plane.subarray(0, Math.max(0, taught - learner.samples)));
      const then = x.map((plane, c) => plane.subarray(now[c].length));
      if (now[0].length > 0)
        learner.learn(
          now,
          y.map((plane, c) => plane.subarray(0, now[c].length)),
        );
      if (then[0].length > 0) {
        if (!player) {
          playing.setWeights(learner.weights());
          player = new SoundPlayer(playing, channels);
        }
        player.play(then, then);
        then.forEach((plane, c) => {
          plane.forEach((played, t) => {
            const wanted = y[c][now[c].length + t];
            if (Number.isFinite(wanted)) heard.add(played, wanted);
          });
        });
      }
      if (timers.report()) say(progress(learner, sampleRate, clock));
      if (timers.save()) save();
    }
  } finally {
    save();
    await saver.flush();
    say(progress(learner, sampleRate, clock));
    player?.dispose();
  }
  if (learner.invalid > 0) warn(`${learner.invalid} samples were not finite; nothing was learned from them`);
  if (sounds.atFullScale() > 0) {
    warn(
      `${wet.name} is at full scale ${sounds.atFullScale()} times: it may be clipped, and the pedal learns that; record it with less level`,
    );
  }
  if (Number.isNaN(learner.errors.ratio)) {
    throw new EddyError(
      'invalid-sample',
      `learn: ${wet.name} is silent, there is nothing to learn; check what was recorded`,
    );
  }
  if (holdOut > 0) say(`held out: ESR ${heard.ratio.toExponential(2)}`);
  say(`${options.model} written`);
}

const exists = (loaded: Promise<unknown>) =>
  loaded.then(
    (stored) => stored !== undefined,
    // It is there, and cannot be read as a checkpoint: all the more reason to leave it.
    () => true,
  );

function progress(learner: SoundLearner, sampleRate: number, clock: ReturnType<typeof createClock>): string {
  const { samples, errors } = learner;
  return `${(samples / sampleRate).toFixed(1)} s  ESR ${errors.ratio.toExponential(2)}  ${clock.timesRealTime(samples).toFixed(1)} × real time`;
}

const say = (text: string) => process.stderr.write(`${text}\n`);
const warn = (text: string) => say(`eddy: ${text}`);
