import type { Snapshot, Stage } from 'rx-eddy';
import type { SensorSummary, Settings } from '../protocol.js';
import { Channel } from './channel.js';
import { Detectors } from './detectors.js';
import { History } from './history.js';
import type { Bench } from './network.js';
import { Networks, scaleRow } from './networks.js';
import type { Made, Reading } from './reading.js';
import { numbersOf, recordOf } from './record.js';
import { changed, DEFAULTS } from './settings.js';

/** Rows kept for whoever begins to watch, and to teach the networks that begin then. */
const HELD = 600;
/** Rows closer than this show no time of day, and the jitter of their times would be taken for gaps. */
const SLOW_MS = 900;

/** One sensor's stage: scales → networks → intervals and anomaly scores. Everything it has learned is in its snapshot. */
export class Sensor implements Stage<Reading, { reading: Reading; made: Made }> {
  readonly history: History;
  readonly networks: Networks;
  /** Alarms so far. */
  anomalies = 0;
  /** Of the newest row, in milliseconds since the epoch. */
  time = Number.NEGATIVE_INFINITY;
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
    const next = this.networks.forecaster.forecast;
    const judged = this.#detectors.step({ time: this.time, timed: seasonal, values }, next);
    if (judged.alarm !== undefined) this.anomalies++;
    this.history.push(judged);
    emit({ reading, made: { index: this.history.count, judged, next } });
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
      skill: this.networks.forecaster.track.skill,
      frozen: this.networks.frozen,
    };
  }

  snapshot(): Snapshot {
    return {
      channels: this.channels,
      settings: { ...this.networks.settings },
      counts: Float64Array.of(this.anomalies, this.time),
      scales: this.#scales.map((scale) => scale.snapshot()),
      networks: this.networks.snapshot(),
      detectors: this.#detectors.snapshot(),
      history: this.history.snapshot(),
    };
  }

  restore({ counts, scales, networks, detectors, history }: Snapshot): void {
    if (!Array.isArray(scales) || scales.length !== this.channels)
      throw new TypeError("a sensor's checkpoint must have a scale a channel");
    this.#scales.forEach((scale, c) => {
      scale.restore(recordOf(scales[c], 'scale'));
    });
    this.#detectors.restore(recordOf(detectors, 'detectors'));
    this.networks.restore(recordOf(networks, 'networks'));
    this.history.restore(recordOf(history, 'history'));
    [this.anomalies, this.time] = numbersOf(counts, 'counts', 2);
  }

  dispose(): void {
    this.networks.dispose();
  }
}
