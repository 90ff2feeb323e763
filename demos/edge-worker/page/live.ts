import { type Columns, ForecastRows } from '../../charts/ForecastRows.js';
import type { Answer } from '../src/replies.js';

const KEPT = 5_000;

/** A sensor's samples as they come, each beside what had been expected of it. */
export class Live {
  readonly #rows = new ForecastRows(KEPT);
  readonly #socket: WebSocket;
  /** What was expected of the next sample. */
  #next = { index: 0, forecast: Number.NaN, low: Number.NaN, high: Number.NaN };

  constructor(sensor: string, changed: (status: string) => void) {
    const path = `/sensors/${encodeURIComponent(sensor)}`;
    this.#socket = new WebSocket(`${location.protocol.replace('http', 'ws')}//${location.host}${path}/live`);
    this.#socket.addEventListener('open', async () => {
      const { answer }: { answer?: Answer } = await (await fetch(path)).json();
      if (answer && this.#rows.length === 0) this.#take(answer);
      changed(`${sensor}: live`);
    });
    this.#socket.addEventListener('message', ({ data }) => {
      this.#take(JSON.parse(data));
      changed(`${sensor}: live`);
    });
    this.#socket.addEventListener('close', () => changed(`${sensor}: the connection has ended; choose it again`));
  }

  last(count: number): Columns {
    return this.#rows.last(count);
  }

  close(): void {
    this.#socket.close();
  }

  #take({ first, value, forecast, low, high, score }: Answer): void {
    for (const [i, actual] of value.entries()) {
      const index = first + i;
      const isExpected = this.#next.index === index;
      const { forecast: expected, low: from, high: to } = isExpected ? this.#next : NONE;
      this.#rows.append({
        index,
        time: Date.now(),
        value: actual,
        forecast: expected,
        low: from,
        high: to,
        score: score[i],
      });
      this.#next = { index: index + 1, forecast: orNaN(forecast[i]), low: orNaN(low[i]), high: orNaN(high[i]) };
    }
  }
}

const NONE = { forecast: Number.NaN, low: Number.NaN, high: Number.NaN };
const orNaN = (x: number | null) => x ?? Number.NaN;
