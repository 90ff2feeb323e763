import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { knobs, type PedalName, pedals } from '../../demos/audio/dsp/pedals.js';
import { pcmStage } from '../../operators/sound/pcm.js';
import { ErrorToSignal, SoundLearner, SoundPlayer, soundModel } from '../../src/audio/index.js';
import {
  createBareRuntime,
  createModelOn,
  dense,
  loadKernels,
  lstm,
  type ModelSpec,
  type Runtime,
} from '../../src/bare.js';

let runtime: Runtime;
let dry: Float32Array;
beforeAll(async () => {
  runtime = createBareRuntime(await loadKernels());
  const wav = readFileSync(new URL('../../data/audio/piano_phrase_44k1_mono.wav', import.meta.url));
  pcmStage()().step(wav.subarray(44), (samples) => {
    dry = samples;
  });
});
const open = (spec: ModelSpec = soundModel({ units: 8, seed: 2 })) => createModelOn(runtime, spec);
const wetOf = (name: PedalName, sound: Float32Array) => Float32Array.from(sound, pedals[name](knobs, 44100));
const play = (sound: Float32Array, weights: ReturnType<SoundLearner['weights']>, spec?: ModelSpec) => {
  using model = open(spec);
  model.setWeights(weights);
  using player = new SoundPlayer(model);
  const out = [new Float32Array(sound.length)];
  player.play([sound], out);
  return out[0];
};

describe('after one pass over eight seconds of piano, on the two seconds that it has not heard, an LSTM of 32 units', () => {
  it.each<[PedalName, number]>([
    ['distortion', 1e-3],
    ['squash', 1e-2],
  ])(
    'plays the %s pedal with an error-to-signal ratio of at most %d',
    (name, goal) => {
      const wet = wetOf(name, dry);
      const taught = Math.floor(0.8 * dry.length);
      const spec = soundModel({ seed: 1 });
      using model = open(spec);
      using learner = new SoundLearner(model, { sampleRate: 44100, length: taught });
      learner.learn([dry.subarray(0, taught)], [wet.subarray(0, taught)]);
      const played = play(dry, learner.weights(), spec);
      const heard = new ErrorToSignal();
      for (let t = taught; t < dry.length; t++) heard.add(played[t], wet[t]);
      expect(heard.ratio).toBeLessThanOrEqual(goal);
    },
    120_000,
  );
});

describe('a sound learner', () => {
  const short = () => {
    const sound = dry.slice(0, 6000);
    return { sound, wet: wetOf('distortion', sound) };
  };

  it('learns the same bits however its sound is cut', () => {
    const { sound, wet } = short();
    const learnIn = (cuts: number[]) => {
      using model = open();
      using learner = new SoundLearner(model, { length: sound.length });
      let from = 0;
      for (const to of [...cuts, sound.length]) {
        learner.learn([sound.subarray(from, to)], [wet.subarray(from, to)]);
        from = to;
      }
      return learner.weights();
    };
    expect(learnIn([1, 17, 17, 4000])).toEqual(learnIn([]));
  });

  it('takes back what it gave, bit for bit', () => {
    const { sound, wet } = short();
    using model = open();
    using learner = new SoundLearner(model);
    learner.learn([sound], [wet]);
    const learned = learner.weights();
    using other = open();
    using next = new SoundLearner(other, { from: learned });
    expect(next.weights()).toEqual(learned);
  });

  it('gives each channel a state of its own', () => {
    const { sound } = short();
    const turned = sound.map((x) => -x / 2);
    using model = open();
    using stereo = new SoundPlayer(model, 2);
    const out = [new Float32Array(sound.length), new Float32Array(sound.length)];
    stereo.play([sound, turned], out);
    for (const [c, input] of [sound, turned].entries()) {
      using mono = new SoundPlayer(model);
      const alone = [new Float32Array(sound.length)];
      mono.play([input], alone);
      expect(out[c]).toEqual(alone[0]);
    }
  });

  it('learns nothing from a pair that is not finite, and counts it', () => {
    const { sound, wet } = short();
    const learnWith = (bad: number, from: 'dry' | 'wet') => {
      const [x, y] = [sound.slice(), wet.slice()];
      for (let t = 1000; t < 1100; t++) (from === 'dry' ? x : y)[t] = bad;
      using model = open();
      using learner = new SoundLearner(model);
      learner.learn([x], [y]);
      return { weights: learner.weights(), invalid: learner.invalid, ratio: learner.errors.ratio };
    };
    const one = learnWith(Number.NaN, 'dry');
    expect(one.invalid).toBe(100);
    expect(one.ratio).toBeGreaterThan(0);
    // What stood in the bad place makes no difference.
    expect(learnWith(Number.POSITIVE_INFINITY, 'wet')).toEqual(one);
  });

  it('forgets nothing in silence', () => {
    const { sound, wet } = short();
    using model = open();
    using learner = new SoundLearner(model);
    learner.learn([sound], [wet]);
    const quiet = (samples: number) => {
      const zeros = new Float32Array(samples);
      learner.learn([zeros], [zeros]);
      return learner.weights();
    };
    // A window that the sound is still in is learned from.
    const learned = quiet(200);
    expect(quiet(20_000)).toEqual(learned);
  });

  it('stays finite through silence, full scale and a jump', () => {
    using model = open();
    using learner = new SoundLearner(model);
    const sound = Float32Array.from({ length: 9000 }, (_, t) =>
      t < 3000 ? 0 : t < 6000 ? 1 : t < 8000 ? (t & 1) * 2 - 1 : 3e38,
    );
    learner.learn([sound], [sound.map((x) => -x)]);
    for (const { data } of Object.values(learner.weights())) expect(data.every(Number.isFinite)).toBe(true);
  });

  it('refuses a model of another shape, and options that no sound has', () => {
    const refused = expect.objectContaining({ code: 'invalid-option' });
    const specs: ModelSpec[] = [
      { input: 1, layers: [lstm(4)], output: dense(1) },
      { input: 2, layers: [lstm(4)], output: dense(1), skip: true },
      { input: 1, layers: [lstm(4), lstm(4)], output: dense(1), skip: true },
    ];
    for (const spec of specs) {
      using model = open(spec);
      expect(() => new SoundLearner(model)).toThrow(refused);
    }
    using model = open();
    const used = runtime.heap.bytesInUse;
    for (const options of [
      { length: 0 },
      { length: 1.5 },
      { sampleRate: 0 },
      { channels: 0 },
      { rate: -1 },
      { k1: 0 },
    ]) {
      expect(() => new SoundLearner(model, options)).toThrow(refused);
    }
    expect(runtime.heap.bytesInUse).toBe(used);
    using wide = open({ input: 2, layers: [lstm(4)], output: dense(1) });
    expect(() => new SoundPlayer(wide)).toThrow(refused);
  });
});

describe('a sound player', () => {
  it('plays the sample before in place of one that is not finite, and goes on', () => {
    using model = open();
    using player = new SoundPlayer(model);
    using other = new SoundPlayer(model);
    const [got, want] = [[new Float32Array(6)], [new Float32Array(6)]];
    player.play([Float32Array.of(Number.NaN, 0.5, Number.NaN, Number.NEGATIVE_INFINITY, 0.25, 0.1)], got);
    other.play([Float32Array.of(0, 0.5, 0.5, 0.5, 0.25, 0.1)], want);
    expect(got).toEqual(want);
    expect(player.invalid).toBe(3);
  });
});
