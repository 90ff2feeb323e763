import { EddyError } from '../core/errors.js';
import { createLearner, type Learner } from '../learner/learner.js';
import type { LearnStep } from '../learner/learnStep.js';
import { esr } from '../nn/losses/esr/index.js';
import type { Model } from '../nn/model/model.js';
import type { Weights } from '../nn/model/parameters.js';
import { adam } from '../nn/optimizers/adam/index.js';
import { cosine } from '../nn/schedules/cosine/index.js';
import { ErrorToSignal } from './errorToSignal.js';
import { withLevelDetectors } from './levelDetectors.js';
import { WeightAverage } from './weightAverage.js';

export interface SoundLearnerOptions {
  /** Samples a second. Default 44100. */
  readonly sampleRate?: number;
  /** Channels, each with a state of its own. Default 1. */
  readonly channels?: number;
  /** Samples that there will be of each channel: the rate falls to its end by then. Left out: it stays, for a sound without an end. */
  readonly length?: number;
  /** Where to go on from: what `weights()` of an earlier learner gave. Left out: the model's own initial weights, with level detectors in an LSTM. */
  readonly from?: Weights;
  /** Adam's rate at the start. Default 5e-3 with a `length`, 2e-3 without. */
  readonly rate?: number;
  /** Samples between updates. Default 16. */
  readonly k1?: number;
  /** Samples that an update goes back. Default 64. */
  readonly k2?: number;
}

/** Inside, sound is this much louder, which is where gates bend. A power of two: weights are brought back without rounding. */
const GAIN = 4;
/** Energy of a sample, inside, that silence is worth: a sound at −42 dB. */
const FLOOR = 1e-3;
/** −80 dB. In silence nothing is learned: Adam would blow up what is left of the gradient, and forget the sound over it. */
const SILENCE = 1e-4;
/** The rate that a known length ends at, of the first. */
const LAST_RATE = 0.02;
/** Samples from one of the averaged weights to the next, and the share of a known length that they are averaged over. */
const AVERAGE_EVERY = 512;
const AVERAGED = 0.2;
/** The mean's memory where the length is not known, in seconds. */
const AVERAGED_SECONDS = 1;

/**
 * Learns what a pedal, an amplifier or a room does to a sound, while it plays: the dry sample in, the wet one as the target, in one pass.
 *
 *     using model = await createModel(soundModel());
 *     using learner = new SoundLearner(model, { sampleRate: 44100, length: dry.length });
 *     learner.learn([dry], [wet]);                      // in chunks of any length
 *     played.setWeights(learner.weights());             // of another model, that plays
 *
 * TBPTT(16, 64) by Adam on the error-to-signal ratio with pre-emphasis and a DC term (Wright et al. 2019); the weights that it gives are the
 * mean of the newest (Polyak & Juditsky 1992), those it learns with stay its own: do not play the model it learns with. A pair with a
 * sample that is not finite teaches nothing, and is counted; nor does silence, of −80 dB and less.
 *
 * @throws EddyError `invalid-option` for a model of another shape than `soundModel()` makes, or options out of range.
 */
export class SoundLearner implements Disposable {
  /** Of what was predicted before it was learned, all channels together. */
  readonly errors = new ErrorToSignal();
  /** Pairs of samples that were not finite. */
  invalid = 0;
  /** Samples of each channel so far. */
  samples = 0;
  readonly channels: number;
  readonly #model: Model;
  readonly #learner: Learner;
  readonly #average: WeightAverage;
  readonly #averageFrom: number;
  readonly #x: Float32Array;
  readonly #target: Float32Array;
  /** Samples of silence that a window may have, and those since the last sound. */
  readonly #patience: number;
  #silent = 0;
  #step: LearnStep | undefined;

  constructor(model: Model, options: SoundLearnerOptions = {}) {
    const { sampleRate = 44100, channels = 1, length, from, k1 = 16, k2 = 64 } = options;
    const { rate = length === undefined ? 2e-3 : 5e-3 } = options;
    const cell = cellOf(model);
    if (length !== undefined && !(Number.isSafeInteger(length) && length >= 1)) {
      throw new EddyError('invalid-option', `SoundLearner: length must be a whole number ≥ 1, got ${length}`);
    }
    if (!(sampleRate > 0 && sampleRate < Number.POSITIVE_INFINITY)) {
      throw new EddyError(
        'invalid-option',
        `SoundLearner: sampleRate must be above 0, got ${sampleRate}; give it in Hz`,
      );
    }
    this.#model = model;
    this.channels = channels;
    using state = model.openState(channels);
    this.#learner = createLearner(model, {
      k1,
      k2,
      loss: esr({ floor: FLOOR }),
      optimizer: adam(rate),
      ...(length !== undefined && { schedule: cosine(Math.max(1, Math.floor(length / k1)), { floor: LAST_RATE }) }),
      state,
      maxLag: 0,
    });
    try {
      model.setWeights(from ? louder(from, 1 / GAIN) : start(model, cell, sampleRate));
    } catch (error) {
      this.#learner.dispose();
      throw error;
    }
    this.#patience = k2;
    const averaged = length === undefined ? AVERAGED_SECONDS * sampleRate : AVERAGED * length;
    this.#average = new WeightAverage(Math.max(1, averaged / AVERAGE_EVERY));
    this.#averageFrom = length === undefined ? 0 : length - averaged;
    this.#x = new Float32Array(channels);
    this.#target = new Float32Array(channels);
  }

  /** Learns from the next samples: one array a channel, all of the same length; dry and wet begin together. */
  learn(dry: readonly Float32Array[], wet: readonly Float32Array[]): void {
    const { length } = dry[0];
    for (let t = 0; t < length; t++) {
      let valid = true;
      let loudest = 0;
      for (let c = 0; c < this.channels; c++) {
        valid &&= fits(dry[c][t]) && fits(wet[c][t]);
        loudest = Math.max(loudest, Math.abs(dry[c][t]), Math.abs(wet[c][t]));
      }
      if (!valid) this.invalid++;
      this.#silent = loudest > SILENCE ? 0 : this.#silent + 1;
      const teaches = valid && this.#silent < this.#patience;
      for (let c = 0; c < this.channels; c++) {
        // What cannot be heard is what was heard last.
        if (valid) this.#x[c] = dry[c][t] * GAIN;
        this.#target[c] = teaches ? wet[c][t] * GAIN : Number.NaN;
      }
      this.#step = this.#learner.step(this.#x, this.#target, this.#step);
      this.samples++;
      for (let c = 0; valid && c < this.channels; c++) this.errors.add(this.#step.output[c] / GAIN, wet[c][t]);
      if (teaches && this.samples % AVERAGE_EVERY === 0 && this.samples > this.#averageFrom)
        this.#average.add(this.#model.weights());
    }
  }

  /** What has been learned, for a model that plays: the mean of the newest weights, or before there is one the newest. */
  weights(): Weights {
    return louder(this.#average.weights() ?? this.#model.weights(), GAIN);
  }

  /** Frees its memory; the model stays. May be called more than once. */
  dispose(): void {
    this.#learner.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** A finite float32, also inside. */
const fits = (sample: number) => Number.isFinite(Math.fround(sample * GAIN));

const start = (model: Model, cell: string, sampleRate: number): Weights =>
  cell === 'lstm' ? withLevelDetectors(model.weights(), sampleRate) : model.weights();

/** The same network for samples `gain` times weaker: exact for a power of two. */
function louder(weights: Weights, gain: number): Weights {
  const factors: { readonly [name: string]: number } = {
    'layers.0.weight_ih': gain,
    'output.weight': 1 / gain,
    'output.bias': 1 / gain,
  };
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value) => value * (factors[name] ?? 1)) },
    ]),
  );
}

function cellOf({ spec, layers }: Model): string {
  const [layer] = layers;
  const one = layers.length === 1 && spec.layers.length === 1;
  if (one && spec.input === 1 && spec.output?.units === 1 && spec.skip) return layer.cell.name;
  throw new EddyError(
    'invalid-option',
    'SoundLearner: the model must be one recurrent layer from one number to one, with a skip connection; make it with soundModel()',
  );
}
