import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { WebSocket } from 'ws';
import { SensorClient, type SensorServer, startSensorServer, temporaryFolder } from './sensorServer.js';

export const folder = temporaryFolder();
export let server: SensorServer;
let honest: SensorClient;
let sent = 0;
let beat: NodeJS.Timeout;

export const MOST = 100;
beforeAll(async () => {
  server = await startSensorServer(
    folder.path,
    ...['--max-per-address', `${MOST}`, '--max-sensors', '20', '--ping-seconds', '0.5', '--checkpoint-seconds', '1'],
  );
  honest = await SensorClient.open(server.socket('ingest?sensor=honest&answers'));
  beat = setInterval(() => honest.say([Math.sin(++sent / 5)]), 20);
});
afterAll(async () => {
  clearInterval(beat);
  honest.socket.terminate();
  await server.stop();
  folder.remove();
});

/** Whatever a test of these files does, the honest sensor is answered row by row, and the process stays small. */
export const MEGABYTE = 2 ** 20;
export let memory = 0;
export const resident = () => server.metric('process_resident_memory_bytes');
beforeEach(async () => {
  memory = await resident();
});
afterEach(async () => {
  const so = honest.answers.length;
  await honest.heard(so + 5);
  expect(honest.answers.map(({ index }) => index)).toEqual(honest.answers.map((_, i) => i + 1));
  expect((await resident()) - memory).toBeLessThan(150 * MEGABYTE);
});

export const opened = async (path: string, options?: ConstructorParameters<typeof WebSocket>[2]) => {
  const socket = new WebSocket(server.socket(path), options);
  socket.on('error', () => {});
  await once(socket, 'open');
  return socket;
};
export const dropped = (reason: string) => server.metric(`eddy_demo_dropped_total{reason="${reason}"}`);

/** A WebSocket that follows no rule: the upgraded connection itself. */
export function raw(path: string): Promise<Socket> {
  const socket = connect(Number(server.url.port), server.url.hostname);
  socket.on('error', () => {});
  const lines = ['upgrade: websocket', 'connection: upgrade', 'sec-websocket-version: 13'];
  const key = Buffer.alloc(16, 7).toString('base64');
  socket.write(
    `GET /${path} HTTP/1.1\r\nhost: ${server.url.host}\r\n${lines.join('\r\n')}\r\nsec-websocket-key: ${key}\r\n\r\n`,
  );
  return new Promise((resolve) => socket.once('data', () => resolve(socket)));
}

/** A masked frame of a client's. */
export function frame(opcode: number, payload: Buffer, fin: boolean): Buffer {
  const head = Buffer.from([(fin ? 0x80 : 0) | opcode, 0x80 | payload.length, 0, 0, 0, 0]);
  return Buffer.concat([head, payload]);
}
