import { snapshotRecord } from '../core/snapshotRecord.js';
import type { Snapshot } from '../core/stage.js';
import { DriftReaction } from '../drift/driftReaction.js';
import { createLearner, type Learner } from '../learner/learner.js';
import type { LearnStep } from '../learner/learnStep.js';
import { mse } from '../nn/losses/mse/index.js';
import type { Model } from '../nn/model/model.js';
import { adam } from '../nn/optimizers/adam/index.js';
import { type Arena, createArena } from '../runtime/heap.js';
import type { Runtime } from '../runtime/runtime.js';
import { clamp } from '../stats/clamp.js';
import type { OpenCovariance } from '../stats/rls/covariance.js';
import { createCovariance } from '../stats/rls/index.js';
import { checkArrays, numberOf, packState } from '../stats/state.js';
import { FORECAST_DEFAULTS } from './defaults.js';
import type { ForecastShape } from './forecastModel.js';
import { type NetworkViews, networkInputs, readNetworkInput } from './networkInput.js';
import { createNetworkModels } from './networkModels.js';
import type { ForecastEngineOptions } from './options.js';

const TARGET = 3; // a change beyond 3 typical ones teaches as 3

/** Networks that read each row and predict the changes to come; their mean is one prediction. */
export interface NetworkForecaster {
  /** Learns from the newest row, then predicts: [channels × horizon], in typical changes of each. */
  step(views: NetworkViews, seen: Uint8Array): Float32Array;
  /** Whether a watch acted at the newest row. */
  readonly drifted: boolean;
  /** Where what runs beside them may keep its covariance: on their heap, until they are disposed. */
  readonly createCovariance: OpenCovariance;
  readonly models: readonly Model[];
  /** While true no weight of the networks changes. */
  frozen: boolean;
  snapshot(): Snapshot;
  restore(from: Snapshot): void;
  dispose(): void;
}

/**
 * Opens the networks that `options` ask for.
 * @throws EddyError `invalid-option`, `out-of-memory`
 */
export function createNetworkForecaster(
  runtime: Runtime,
  shape: ForecastShape,
  options: ForecastEngineOptions = {},
): NetworkForecaster {
  return new Networks(createNetworkModels(runtime, shape, options), shape, options);
}

/** The learning rate's share at an update: falling as 1/√n, to a tenth. */
const schedule = (update: number) => Math.max(0.1, 1 / Math.sqrt(1 + update / 500));

class Networks implements NetworkForecaster {
  readonly createCovariance: OpenCovariance;
  readonly models: readonly Model[];
  readonly #arena: Arena;
  readonly #learners: readonly Learner[];
  readonly #watches: readonly (DriftReaction | undefined)[];
  readonly #channels: number;
  readonly #horizon: number;
  readonly #x: Float32Array;
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
    { channels, horizon }: ForecastShape,
    {
      k1 = FORECAST_DEFAULTS.k1,
      k2 = FORECAST_DEFAULTS.k2,
      rate = FORECAST_DEFAULTS.rate,
      onDrift,
    }: ForecastEngineOptions,
  ) {
    const { runtime } = models[0];
    this.models = models;
    this.#arena = createArena(runtime.heap);
    this.createCovariance = (options) => createCovariance(runtime, this.#arena, options);
    this.#channels = channels;
    this.#horizon = horizon;
    this.#watches = models.map((model) => onDrift && new DriftReaction('forecast', onDrift, model, schedule));
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
    this.#x = new Float32Array(networkInputs(channels));
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
    readNetworkInput(views, channels, horizon, this.#x);
    const out = this.#out.fill(0);
    for (const learner of this.#learners) {
      const { output } = learner.step(this.#x, undefined, this.#result);
      for (let i = 0; i < size; i++) out[i] += output[i] / this.#learners.length;
    }
    this.#rows++;
    return out;
  }

  get frozen(): boolean {
    return this.#learners.every(({ frozen }) => frozen);
  }

  set frozen(frozen: boolean) {
    for (const learner of this.#learners) learner.frozen = frozen;
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
    const [typical, origin] = checkArrays('forecast', [this.#typical.length, this.#origin.length], from.parts);
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
}
