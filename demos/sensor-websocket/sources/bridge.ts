import { type FrameDefaults, FrameError, readBinary, readText } from '../server/frames.js';
import type { Client } from './client.js';

/** Carries what other senders say to the demo's own `/ingest`; what is not to the protocol is left out, and said once of each sender. */
export class Bridge {
  readonly #refused = new Set<string>();

  constructor(
    private readonly client: Client,
    private readonly warn: (text: string) => void,
  ) {}

  carry(from: string, data: Uint8Array, isBinary: boolean, defaults: FrameDefaults): void {
    try {
      const now = Date.now();
      const frame = isBinary
        ? readBinary(data, defaults, now)
        : readText(new TextDecoder().decode(data), defaults, now);
      const { sensor, rows = [] } = frame;
      if (rows.length === 0) return;
      const values = rows.map((row) => Array.from(row.values, (value) => (Number.isNaN(value) ? null : value)));
      const timed = rows[0].timed && { t: rows.map(({ time }) => time) };
      this.client.send(JSON.stringify({ sensor, ...timed, values }));
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      if (this.#refused.has(from) || this.#refused.size >= 1000) return;
      this.#refused.add(from);
      this.warn(`${from}: ${error.message}; such frames are left out`);
    }
  }
}
