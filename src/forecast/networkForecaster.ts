import { snapshotRecord } from '../core/snapshotRecord.js';
import type { Snapshot } from '../core/stage.js';
import { createLearner, type Learner } from '../learner/learner.js';
import type { LearnStep } from '../learner/learnStep.js';
import { lstm } from '../nn/cells/lstm/index.js';
import { mse } from '../nn/losses/mse/index.js';
import type { Model } from '../nn/model/model.js';
import { adam } from '../nn/optimizers/adam/index.js';
import { dense } from '../nn/readouts/dense/index.js';
import { createStartedModel, modelsStarted, startModels } from '../nn/startedModels.js';
import { type Arena, createArena } from '../runtime/heap.js';
import { clamp } from '../stats/clamp.js';
import { CALENDAR, type Clock } from '../stats/clock.js';
import type { History } from '../stats/history.js';
import type { OpenCovariance } from '../stats/rls/covariance.js';
import { createCovariance } from '../stats/rls/index.js';
import type { RunningScales } from '../stats/runningScales.js';
import { checkState, numberOf, packState } from '../stats/state.js';
import { FORECAST_DEFAULTS } from './defaults.js';

const INPUTS = 5; // a channel
const CLIP = 4;
const TARGET = 3; // a change beyond 3 typical ones teaches as 3

/** What a network looks at: the stream's rows and their scales, the newest row included. */
export interface NetworkViews {
  readonly history: History;
  readonly clock: Clock;
  readonly levels: RunningScales;
  readonly moves: RunningScales;
}

/** Watches a network's losses, and may act on its learner or weights when they rise. */
export interface NetworkWatch {
  /** What it makes of the learner's own schedule. */
  readonly schedule: (update: number) => number;
  /** Takes what a row brought; tells in `step.drift` whether it acted. */
  watch(learner: Learner, step: LearnStep): void;
  snapshot(): Snapshot;
  restore(from: Snapshot): void;
}

/** Opens the watch of one network, over its learner's own schedule. */
export type OpenNetworkWatch = (model: Model, schedule: (update: number) => number) => NetworkWatch;

/** How the networks are made and taught. Defaults: `FORECAST_DEFAULTS`. */
export interface NetworkOptions {
  /** LSTM units in a layer. */
  units?: number;
  layers?: number;
  /** Rows between updates. */
  k1?: number;
  /** Rows that an update goes back. */
  k2?: number;
  /** Adam's, at the start; it falls to a tenth. */
  rate?: number;
  /** Watches each network. Default: nothing does. */
  openWatch?: OpenNetworkWatch | undefined;
}

/** LSTMs that read each row and say the changes to come; they differ in their seed, and their mean is their word. */
export interface NetworkForecaster {
  /** Learns what the newest row tells, and speaks: [channels × horizon], in typical changes of each. */
  step(views: NetworkViews, seen: Uint8Array): Float32Array;
  /** Whether a watch acted at the newest row. */
  readonly drifted: boolean;
  /** Where what runs beside them may keep its covariance: on their heap, until they are disposed. */
  readonly createCovariance: OpenCovariance;
  readonly models: readonly Model[];
  snapshot(): Snapshot;
  restore(from: Snapshot): void;
  dispose(): void;
}

/** Starts what networks run on, once a process; after it all is synchronous. @throws EddyError `host` */
export const startNetworks = (): Promise<void> => startModels();

/** Whether networks can be opened. */
export const networksStarted = (): boolean => modelsStarted();

/**
 * Opens `networks` LSTMs. Their readouts start at 0: they say "no change" until they have learned better.
 *
 * @throws EddyError `host` before `startNetworks`; `invalid-option`, `out-of-memory`.
 */
export function createNetworkForecaster(
  channels: number,
  horizon: number,
  networks: number = FORECAST_DEFAULTS.networks,
  seed: number = FORECAST_DEFAULTS.seed,
  { openWatch, ...given }: NetworkOptions = {},
): NetworkForecaster {
  const { units, layers, k1, k2, rate } = { ...FORECAST_DEFAULTS, ...given };
  const models: Model[] = [];
  for (let n = 0; n < networks; n++) {
    const model = createStartedModel({
      input: INPUTS * channels + CALENDAR,
      layers: Array.from({ length: layers }, () => lstm(units)),
      output: dense(channels * horizon),
      seed: seed + n,
    });
    const weights = model.weights();
    for (const name of ['output.weight', 'output.bias']) weights[name].data.fill(0);
    model.setWeights(weights);
    models.push(model);
  }
  return new Networks(models, channels, horizon, { k1, k2, rate, openWatch });
}

const schedule = (update: number) => Math.max(0.1, 1 / Math.sqrt(1 + update / 500));

class Networks implements NetworkForecaster {
  readonly createCovariance: OpenCovariance;
  readonly models: readonly Model[];
  readonly #arena: Arena;
  readonly #learners: readonly Learner[];
  readonly #watches: readonly (NetworkWatch | undefined)[];
  readonly #channels: number;
  readonly #horizon: number;
  readonly #x: Float32Array;
  readonly #calendar = new Float64Array(CALENDAR);
  readonly #target: Float32Array;
  readonly #out: Float32Array;
  /** Typical changes and values at the last horizon + 1 rows. */
  readonly #typical: Float64Array;
  readonly #origin: Float64Array;
  readonly #result: LearnStep;
  #rows = 0;
  drifted = false;

  constructor(
    models: readonly Model[],
    channels: number,
    horizon: number,
    { k1, k2, rate, openWatch }: { k1: number; k2: number; rate: number; openWatch: OpenNetworkWatch | undefined },
  ) {
    const { runtime } = models[0];
    this.models = models;
    this.#arena = createArena(runtime.heap);
    this.createCovariance = (options) => createCovariance(runtime, this.#arena, options);
    this.#channels = channels;
    this.#horizon = horizon;
    this.#watches = models.map((model) => openWatch?.(model, schedule));
    this.#learners = models.map((model, n) =>
      createLearner(model, {
        k1,
        k2,
        loss: mse,
        optimizer: adam(rate),
        schedule: this.#watches[n]?.schedule ?? schedule,
        clipNorm: FORECAST_DEFAULTS.clipNorm,
        maxLag: horizon,
      }),
    );
    this.#x = new Float32Array(INPUTS * channels + CALENDAR);
    this.#target = new Float32Array(channels * horizon);
    this.#out = new Float32Array(channels * horizon);
    this.#result = {
      index: 0,
      output: new Float32Array(channels * horizon),
      scored: undefined,
      updated: false,
      gradientNorm: undefined,
    };
    this.#typical = new Float64Array((horizon + 1) * channels * horizon);
    this.#origin = new Float64Array((horizon + 1) * channels);
  }

  step(views: NetworkViews, seen: Uint8Array): Float32Array {
    const channels = this.#channels;
    const horizon = this.#horizon;
    const size = channels * horizon;
    const slot = this.#rows % (horizon + 1);
    for (let c = 0; c < channels; c++) {
      this.#origin[slot * channels + c] = seen[c] === 1 ? views.history.at(c, 0) : Number.NaN;
      for (let h = 0; h < horizon; h++)
        this.#typical[slot * size + c * horizon + h] = views.moves.deviation(c * horizon + h);
    }
    this.drifted = false;
    if (this.#rows >= horizon) this.#learn();
    this.#read(views);
    const out = this.#out.fill(0);
    for (const learner of this.#learners) {
      const { output } = learner.step(this.#x, undefined, this.#result);
      for (let i = 0; i < size; i++) out[i] += output[i] / this.#learners.length;
    }
    this.#rows++;
    return out;
  }

  snapshot(): Snapshot {
    return {
      rows: this.#rows,
      parts: packState([this.#typical, this.#origin]),
      learners: this.#learners.map((learner) => learner.snapshot()),
      watches: this.#watches.flatMap((watch) => (watch ? [watch.snapshot()] : [])),
    };
  }

  restore(from: Snapshot): void {
    const rows = numberOf('forecast', from, 'rows');
    const [typical, origin] = checkState('forecast', [this.#typical.length, this.#origin.length], from.parts);
    const saved = Array.isArray(from.learners) ? from.learners : [];
    this.#learners.forEach((learner, i) => {
      learner.restore(snapshotRecord('forecast', 'learners', saved[i]));
    });
    const watched = Array.isArray(from.watches) ? from.watches : [];
    this.#watches.forEach((watch, i) => {
      watch?.restore(snapshotRecord('forecast', 'watches', watched[i]));
    });
    this.#rows = rows;
    this.#typical.set(typical);
    this.#origin.set(origin);
  }

  dispose(): void {
    for (const learner of this.#learners) learner.dispose();
    for (const model of this.models) model.dispose();
    this.#arena.dispose();
  }

  /** The row whose last target has just come. */
  #learn(): void {
    const channels = this.#channels;
    const horizon = this.#horizon;
    const first = this.#rows - horizon;
    const slot = first % (horizon + 1);
    for (let c = 0; c < channels; c++) {
      const from = this.#origin[slot * channels + c];
      for (let h = 0; h < horizon; h++) {
        const i = c * horizon + h;
        const typical = this.#typical[slot * channels * horizon + i];
        const change = (this.#origin[((first + h + 1) % (horizon + 1)) * channels + c] - from) / typical;
        this.#target[i] = typical > 0 ? clamp(change, TARGET) : Number.NaN;
      }
    }
    this.#learners.forEach((learner, n) => {
      this.#result.scored = learner.label(this.#rows - horizon + 1, this.#target).scored;
      this.#watches[n]?.watch(learner, this.#result);
      this.drifted ||= this.#result.drift === true;
    });
  }

  #read({ history, clock, levels, moves }: NetworkViews): void {
    const x = this.#x;
    let j = 0;
    for (let c = 0; c < this.#channels; c++) {
      const s = levels.deviation(c);
      const typical = moves.deviation(c * this.#horizon);
      const y = history.at(c, 0);
      const day = clock.short;
      const change = (a: number, b: number, unit: number) =>
        unit > 0 && history.has(a) && history.has(b) ? clamp((history.at(c, a) - history.at(c, b)) / unit, CLIP) : 0;
      x[j++] = s > 0 ? clamp((y - levels.mean(c)) / s, CLIP) : 0;
      x[j++] = change(0, 1, typical);
      x[j++] = change(1, 2, typical);
      x[j++] = day > 0 ? change(day - 1, day, typical) : 0;
      x[j++] = day > 0 ? change(0, day, s) : 0;
    }
    clock.features(this.#calendar, 0);
    x.set(this.#calendar, j);
  }
}
