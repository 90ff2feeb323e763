import {
  adam,
  cells,
  createModelOn,
  dense,
  type LayerSpec,
  type Learner,
  type LearnStep,
  type Model,
  mse,
  type Runtime,
  type Snapshot,
  type Stage,
  type Telemetry,
  zeroReadout,
} from 'rx-eddy';
import { FORECAST_DEFAULTS } from 'rx-eddy/operators';
import { learnStage } from 'rx-eddy/operators/networks/learn';
import type { CellName, NetworkView, Settings } from '../protocol.js';
import type { Channel } from './channel.js';
import { numbersOf, recordOf } from './record.js';
import { BOUNDS, Timings } from './timings.js';
import { Track } from './track.js';

/** A row in deviations: what came, [level, change] a channel, and the changes it brought, NaN where they are missing. */
export interface ScaledRow {
  input: Float32Array;
  target: Float32Array;
}

/** What a sensor's networks run on, and where their counts go. */
export interface Bench {
  runtime: Runtime;
  telemetry?: Telemetry;
}

/** What is shown beside a cell's gates. */
const STATES = { c: 'cell', h: 'hidden' };

/** One recurrent network that learns a sensor's next change, row by row. */
export class Network {
  readonly model: Model;
  readonly track = new Track();
  /** What the next row is expected to be, in the sensor's units; NaN where nothing has come yet. */
  forecast: Float64Array;
  readonly #stage: Stage<ScaledRow, LearnStep>;
  readonly #timings = new Timings();
  #learner: Learner | undefined;
  #output: Float32Array;

  constructor(
    { runtime, telemetry }: Bench,
    readonly cell: CellName,
    channels: number,
    /** Asked for the rate at each update, so that a new one acts at once. */
    settings: () => Settings,
  ) {
    const { units, k1, k2 } = settings();
    this.model = createModelOn(runtime, {
      input: 2 * channels,
      layers: Array.from({ length: FORECAST_DEFAULTS.layers }, () => layerOf(cell, units)),
      output: dense(channels),
      seed: FORECAST_DEFAULTS.seed,
    });
    zeroReadout(this.model);
    this.#output = new Float32Array(channels);
    this.forecast = new Float64Array(channels).fill(Number.NaN);
    this.#stage = learnStage<ScaledRow>(this.model, {
      features: ({ input }) => input,
      target: ({ target }) => target,
      horizon: 1,
      k1,
      k2,
      loss: mse,
      optimizer: adam(1),
      schedule: () => settings().learningRate,
      clipNorm: FORECAST_DEFAULTS.clipNorm,
      ...(telemetry && { telemetry }),
      inspect: (learner) => {
        this.#learner = learner;
      },
    })();
  }

  get learner(): Learner {
    if (this.#learner) return this.#learner;
    throw new Error('a learn stage tells of its learner as it opens');
  }

  /** Scores the forecast of this row, learns, and forecasts the next. Timed only where someone watches: a clock costs as much as a step. */
  step(row: ScaledRow, values: Float64Array, channels: readonly Channel[], timed: boolean): void {
    this.track.score(this.forecast, values);
    const start = timed ? performance.now() : 0;
    this.#stage.step(row, this.#keep);
    if (timed) this.#timings.add(performance.now() - start);
    this.forecast = Float64Array.from(channels, (channel, c) => channel.forecast(this.#output[c]));
  }

  view(): NetworkView {
    const names: Readonly<Record<string, string>> = { ...cells.find(this.cell)?.gateNames, ...STATES };
    const gates = Object.entries(this.learner.gates()).map(([name, values]): [string, number[]] => [
      names[name.slice(name.lastIndexOf('.') + 1)],
      Array.from(values, round),
    ]);
    return {
      cell: this.cell,
      error: this.track.error,
      skill: this.track.skill,
      updates: this.learner.counts.updates,
      gradientNormByLag: Array.from(this.learner.gradientNormByLag(), round),
      gates: Object.fromEntries(gates),
      stepTime: { bounds: BOUNDS, counts: [...this.#timings.counts] },
    };
  }

  weights(): Snapshot {
    return Object.fromEntries(Object.entries(this.model.weights()).map(([name, { data }]) => [name, data]));
  }

  /** Goes back to earlier weights; what the optimizer has gathered since then is of no use to them. */
  setWeights(from: Snapshot): void {
    const weights = this.model.weights();
    for (const [name, { data }] of Object.entries(weights)) {
      const earlier = from[name];
      if (earlier instanceof Float32Array && earlier.length === data.length) data.set(earlier);
    }
    this.model.setWeights(weights);
    this.learner.resetOptimizer();
  }

  snapshot(): Snapshot {
    return {
      learn: this.#stage.snapshot?.() ?? {},
      track: this.track.snapshot(),
      output: Float64Array.from(this.#output),
      forecast: this.forecast.slice(),
    };
  }

  restore({ learn, track, output, forecast }: Snapshot): void {
    this.#stage.restore?.(recordOf(learn, 'learn'));
    this.track.restore(recordOf(track, 'track'));
    this.#output = Float32Array.from(numbersOf(output, 'output', this.#output.length));
    this.forecast = numbersOf(forecast, 'forecast', this.#output.length);
  }

  dispose(): void {
    this.#stage.dispose();
    this.model.dispose();
  }

  readonly #keep = ({ output }: LearnStep): void => {
    this.#output = output;
  };
}

function layerOf(name: CellName, units: number): LayerSpec {
  const cell = cells.find(name);
  if (cell) return cell.create(units, {});
  throw new Error(`there is no cell ${name}; eddy has ${cells.names}`);
}

const round = (value: number) => Math.round(value * 1e4) / 1e4;
