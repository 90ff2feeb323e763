import { ForecastRows } from '../../charts/ForecastRows.js';
import { ALARM } from '../../charts/forecastMarks.js';
import type { Networks, Point } from '../protocol.js';
import { CellErrors } from './CellErrors.js';

/** Rows kept for a channel, the longest window that can be shown. */
export const CAPACITY = 4000;
const CHANNELS = 16;
const ALARMS = 100;

export interface Alarm {
  point: Point;
  cause: string;
}

/** What the page holds of one sensor that it watches. */
export class SensorHistory {
  /** One for each channel, the first sixteen. */
  readonly channels: ForecastRows[] = [];
  /** Oldest first. */
  readonly alarms: Alarm[] = [];
  readonly errors = new CellErrors();
  networks: Networks | undefined;
  /** Counts what has come, so that a view can tell whether it is up to date. */
  version = 0;
  labVersion = 0;
  /** Rows that the server left out because the page read too slowly. */
  dropped = 0;

  /** What the server still held: takes the place of all rows. */
  replace(points: readonly Point[]): void {
    this.#clear();
    this.add(points, 0);
  }

  add(points: readonly Point[], dropped: number): void {
    for (const point of points) this.#add(point);
    this.dropped += dropped;
    this.version++;
  }

  learn(networks: Networks): void {
    this.networks = networks;
    this.errors.add(networks.networks);
    this.labVersion++;
  }

  #clear(): void {
    for (const rows of this.channels) rows.clear();
    this.alarms.length = 0;
  }

  #add(point: Point): void {
    // A sensor that was forgotten counts from 1 again.
    if (this.channels[0] && point.index <= this.channels[0].lastIndex) this.#clear();
    for (let channel = 0; channel < Math.min(CHANNELS, point.values.length); channel++) {
      this.channels[channel] ??= new ForecastRows(CAPACITY);
      this.channels[channel].append({
        index: point.index,
        time: point.time,
        value: point.values[channel] ?? Number.NaN,
        forecast: point.forecast[channel] ?? Number.NaN,
        low: point.low[channel] ?? Number.NaN,
        high: point.high[channel] ?? Number.NaN,
        score: point.score,
      });
    }
    if (point.score < ALARM && point.alarm === undefined) return;
    this.alarms.push({ point, cause: point.alarm ?? 'error' });
    if (this.alarms.length > ALARMS) this.alarms.shift();
  }
}
