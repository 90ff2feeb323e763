import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import WebSocket from 'ws';
import { buildWorker } from '../../../demos/edge-worker/scripts/build.mjs';
import { type Edge, openEdge, TOKEN } from '../../../demos/edge-worker/scripts/openEdge.js';
import { CHANNELS, readSeries, TRANSFORMER } from '../../../demos/edge-worker/scripts/series.js';
import type { Answer } from '../../../demos/edge-worker/src/replies.js';

const place = mkdtempSync(join(tmpdir(), 'eddy-edge-'));
export const [folder, storage, slow] = ['worker', 'storage', 'slow'].map((name) => join(place, name));
export const series = readSeries(TRANSFORMER, CHANNELS[0]).slice(0, 900);
export let edge: Edge;

beforeAll(async () => {
  await buildWorker(folder, fileURLToPath(new URL('edge.worker.mjs', import.meta.url)));
  for (const path of [storage, slow]) mkdirSync(path);
  edge = await openEdge({ folder, storage });
});
afterAll(() => {
  edge?.close();
  rmSync(place, { recursive: true, force: true });
});

/** Ends the worker as a power cut would, and starts it again over the same storage. */
export async function killed(): Promise<void> {
  await edge.kill();
  edge = await openEdge({ folder, storage });
}

export const frame = (taken: number, count: number) => ({
  first: taken + 1,
  values: series.subarray(taken, taken + count),
});
export const post = (sensor: string, body: string | ArrayBuffer, type = 'application/json', headers = {}) =>
  edge.ask(`/sensors/${sensor}/samples`, { method: 'POST', body, headers: { 'content-type': type, ...headers } });
export const checkpointOf = async (sensor: string) =>
  Buffer.from(await (await edge.ask(`/sensors/${sensor}/checkpoint`)).arrayBuffer());
/** SQL in a sensor's own database. */
export const inside = async (sensor: string, query?: string, blob?: Uint8Array) => {
  const body = JSON.stringify({ query, ...(blob && { blob: Buffer.from(blob).toString('base64') }) });
  const response = await edge.ask(`/test/${sensor}`, { method: 'POST', body });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
};
export const numbersOf = ({ value, forecast, low, high, score, alarm }: Answer) => ({
  value,
  forecast,
  low,
  high,
  score,
  alarm,
});
export const joined = (answers: readonly Answer[]) => ({
  value: answers.flatMap(({ value }) => value),
  forecast: answers.flatMap(({ forecast }) => forecast),
  low: answers.flatMap(({ low }) => low),
  high: answers.flatMap(({ high }) => high),
  score: answers.flatMap(({ score }) => score),
  alarm: answers.flatMap(({ alarm }) => alarm),
});

/** A WebSocket whose messages are waited for one by one. */
export async function open(path: string, protocols: string[] = ['eddy', TOKEN]) {
  const socket = new WebSocket(`${edge.url.replace('http', 'ws')}${path}`, protocols);
  const came: unknown[] = [];
  const waiting: ((message: unknown) => void)[] = [];
  const take = (message: unknown) => (waiting.shift() ?? ((late) => came.push(late)))(message);
  socket.on('message', (data) => take(JSON.parse(String(data))));
  socket.on('close', (closed) => take({ closed }));
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    socket,
    next: () => new Promise<unknown>((resolve) => (came.length > 0 ? resolve(came.shift()) : waiting.push(resolve))),
  };
}
