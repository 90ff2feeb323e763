import type { Bridge } from './bridge.js';
import { Client } from './client.js';

/**
 * Hears a sensor that is itself a WebSocket server: text frames as `/ingest` takes them, or float32 rows of `?channels=` numbers.
 *
 * @param source `ws://host/path`, or `NAME=ws://host/path`
 */
export function pullFrom(source: string, bridge: Bridge): () => void {
  const [, name, address = ''] = /^(?:([^=:/]+)=)?(wss?:\/\/.+)$/.exec(source) ?? [];
  const url = new URL(address);
  const channels = Number(url.searchParams.get('channels') ?? 1);
  const defaults = { sensor: name ?? `${url.host}${url.pathname}`.slice(0, 64), channels, interval: 0 };
  const client = new Client(url, { message: (data, isBinary) => bridge.carry(source, data, isBinary, defaults) });
  return () => client.close();
}
