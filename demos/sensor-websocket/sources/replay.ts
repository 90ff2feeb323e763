import type { Replay } from '../protocol.js';
import type { Client } from './client.js';
import type { Series } from './series.js';

const TICK_MS = 20;
/** Rows that come at once, so that a page that opens has something to show. */
const HEAD_START = 200;

/** Replays series through a sensor's connection, so many rows of each a second, again from the start when they end. */
export class SeriesReplay {
  #speed: number;
  #paused = false;
  /** Rows sent of each series; a source goes on where its sensor stands. */
  readonly #sent = new Map<string, number>();
  #owed = HEAD_START;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly series: readonly Series[],
    speed: number,
  ) {
    this.#speed = speed;
  }

  get state(): Replay {
    return { series: this.series.map(({ sensor }) => sensor), speed: this.#speed, paused: this.#paused };
  }

  set(speed: number, paused: boolean): void {
    this.#speed = speed;
    this.#paused = paused;
  }

  /** On each connection the server is asked where it stands. */
  ask(client: Client): void {
    this.#sent.clear();
    for (const { sensor } of this.series) client.send(JSON.stringify({ sensor }));
  }

  /** Hears the answers, and begins. */
  hear(data: Buffer, client: Client): void {
    const { sensor, rows }: { sensor?: string; rows?: number } = JSON.parse(data.toString());
    if (sensor === undefined || rows === undefined) return;
    this.#sent.set(sensor, rows);
    this.#timer ??= setInterval(() => this.#tick(client), TICK_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(client: Client): void {
    if (this.#paused || this.#sent.size === 0) return;
    this.#owed = Math.min(this.#owed + (this.#speed * TICK_MS) / 1000, HEAD_START);
    const rows = Math.floor(this.#owed);
    if (rows === 0) return;
    this.#owed -= rows;
    for (const series of this.series) {
      const sent = this.#sent.get(series.sensor);
      if (sent === undefined) continue;
      if (client.send(JSON.stringify(frameOf(series, sent, rows)))) this.#sent.set(series.sensor, sent + rows);
    }
  }
}

/** Rows `from` … of a series without an end: the time goes on as the values begin again. */
function frameOf({ sensor, times, values }: Series, from: number, rows: number): object {
  const length = times.length;
  const round = times[length - 1] - times[0] + (times[1] - times[0]);
  const at = Array.from({ length: rows }, (_, i) => from + i);
  return {
    sensor,
    t: at.map((i) => times[i % length] + Math.floor(i / length) * round),
    values: at.map((i) => [values[i % length]]),
  };
}
