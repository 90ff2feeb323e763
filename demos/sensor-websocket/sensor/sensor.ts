import type { Snapshot, Stage } from 'rx-eddy';
import { createForecastEngineOn, type ForecastEngine } from 'rx-eddy/operators';
import type { SensorSummary, Settings } from '../protocol.js';
import { Channel } from './channel.js';
import { Detectors } from './detectors.js';
import { History } from './history.js';
import type { Bench } from './network.js';
import { Networks, scaleRow } from './networks.js';
import type { Made, Reading } from './reading.js';
import { numbersOf, recordOf } from './record.js';
import { changed, DEFAULTS } from './settings.js';
import { Track } from './track.js';

/** Rows kept for whoever begins to watch, and to teach the networks that begin then. */
const HELD = 600;
/** Rows closer than this show no time of day, and the jitter of their times would be taken for gaps. */
const SLOW_MS = 900;

/** One sensor's stage: forecast engine → intervals and anomaly scores, bare networks beside it. Everything it has learned is in its snapshot. */
export class Sensor implements Stage<Reading, { reading: Reading; made: Made }> {
  readonly history: History;
  readonly networks: Networks;
  /** Alarms so far. */
  anomalies = 0;
  /** Of the newest row, in milliseconds since the epoch. */
  time = Number.NEGATIVE_INFINITY;
  readonly #engine: ForecastEngine;
  readonly #track = new Track();
  /** The forecast of the next row; NaN in a channel that has had no value yet. */
  #next: Float64Array;
  readonly #scales: readonly Channel[];
  readonly #detectors: Detectors;
  readonly #row: { input: Float32Array; target: Float32Array };

  constructor(
    bench: Bench,
    readonly name: string,
    readonly channels: number,
    settings: Settings = DEFAULTS,
  ) {
    this.history = new History(channels, HELD);
    this.networks = new Networks(bench, this.history, settings);
    this.#engine = createForecastEngineOn(bench.runtime, {}, channels);
    this.#next = new Float64Array(channels).fill(Number.NaN);
    this.#scales = Array.from({ length: channels }, () => new Channel());
    this.#detectors = new Detectors(channels);
    this.#row = { input: new Float32Array(2 * channels), target: new Float32Array(channels) };
  }

  /** Opens a sensor as its `snapshot()` left it. @throws TypeError or EddyError where that is none. */
  static from(bench: Bench, name: string, from: Snapshot): Sensor {
    const settings = changed(DEFAULTS, from.settings);
    const channels = Number(from.channels);
    if (typeof settings === 'string') throw new TypeError(`a sensor's checkpoint must have its settings: ${settings}`);
    if (!(Number.isInteger(channels) && channels >= 1)) throw new TypeError("a sensor's checkpoint must have channels");
    const sensor = new Sensor(bench, name, channels, settings);
    try {
      sensor.restore(from);
    } catch (error) {
      sensor.dispose();
      throw error;
    }
    return sensor;
  }

  step(reading: Reading, emit: (out: { reading: Reading; made: Made }) => void): void {
    const { values, timed } = reading;
    const seasonal = timed && reading.time - this.time >= SLOW_MS;
    this.time = Math.max(this.time, reading.time); // nothing can be learned from times that run backwards
    scaleRow(values, this.#scales, this.#row);
    this.networks.step(this.#row, values, this.#scales);
    const next = this.#forecast(values, seasonal ? this.time : undefined);
    const scored = this.#detectors.step({ time: this.time, timed: seasonal, values }, next);
    if (scored.alarm !== undefined) this.anomalies++;
    this.history.push(scored);
    emit({ reading, made: { index: this.history.count, scored, next } });
  }

  summary(rowsPerSecond: number): SensorSummary {
    const { count } = this.history;
    return {
      sensor: this.name,
      channels: this.channels,
      rows: count,
      rowsPerSecond,
      time: this.time,
      values: count > 0 ? this.history.point(count).values : [],
      anomalies: this.anomalies,
      skill: this.#track.skill,
      frozen: this.frozen,
    };
  }

  get frozen(): boolean {
    return this.#engine.frozen;
  }

  /** While true no weight changes: neither of the engine's networks nor of those beside it. */
  set frozen(frozen: boolean) {
    this.#engine.frozen = frozen;
    this.networks.frozen = frozen;
  }

  snapshot(): Snapshot {
    return {
      channels: this.channels,
      settings: { ...this.networks.settings },
      counts: Float64Array.of(this.anomalies, this.time),
      engine: this.#engine.snapshot(),
      track: this.#track.snapshot(),
      next: this.#next.slice(),
      scales: this.#scales.map((scale) => scale.snapshot()),
      networks: this.networks.snapshot(),
      detectors: this.#detectors.snapshot(),
      history: this.history.snapshot(),
    };
  }

  restore({ counts, engine, track, next, scales, networks, detectors, history }: Snapshot): void {
    if (!Array.isArray(scales) || scales.length !== this.channels)
      throw new TypeError("a sensor's checkpoint must have a scale a channel");
    this.#scales.forEach((scale, c) => {
      scale.restore(recordOf(scales[c], 'scale'));
    });
    this.#engine.restore(recordOf(engine, 'engine'));
    this.#track.restore(recordOf(track, 'track'));
    this.#next = numbersOf(next, 'next', this.channels);
    this.#detectors.restore(recordOf(detectors, 'detectors'));
    this.networks.restore(recordOf(networks, 'networks'));
    this.frozen = this.networks.frozen;
    this.history.restore(recordOf(history, 'history'));
    [this.anomalies, this.time] = numbersOf(counts, 'counts', 2);
  }

  dispose(): void {
    this.#engine.dispose();
    this.networks.dispose();
  }

  /** Scores the forecast of this row, learns from it, and forecasts the next. */
  #forecast(values: Float64Array, time: number | undefined): Float64Array {
    this.#track.score(this.#next, values);
    const { forecast } = this.#engine.step(values, time);
    this.#next = Float64Array.from(this.#scales, ({ last }, c) => (Number.isNaN(last) ? Number.NaN : forecast[c]));
    return this.#next;
  }
}
