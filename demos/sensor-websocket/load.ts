// Holds the server to its promise: 1,000 sensors, 10 rows a second each, all learning. node build/demos/sensor-websocket/load.mjs [seconds]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import type { ServerMessage } from './protocol.js';

const SENSORS = 1000;
const PROBES = 20; // ask for answers, so that the whole way there and back is timed
const PERIOD_MS = 100;
const WARM_SECONDS = 20;
const seconds = Number(process.argv[2] ?? 30);

const main = fileURLToPath(new URL('main.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'eddy-load-'));
const launch = async (...options: string[]) => {
  const start = performance.now();
  const child = spawn(process.execPath, [main, '--port', '0', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  const url = new URL(String(line).trim().split(' ').at(-1) ?? '');
  return { child, url, seconds: (performance.now() - start) / 1000 };
};
const wired = (path: string, url: URL) => Object.assign(new URL(path, url), { protocol: 'ws:' });
const opened = (socket: WebSocket) => once(socket, 'open');

/** How long a first start takes until it has said its address, and until a dashboard has seen a forecast. */
async function measureStart() {
  const { child, url, seconds } = await launch('--checkpoints', join(folder, 'start'));
  const start = performance.now();
  const viewer = new WebSocket(wired('live', url));
  await opened(viewer);
  const forecast = await new Promise<number>((resolve) => {
    viewer.on('message', (data: Buffer) => {
      const message: ServerMessage = JSON.parse(data.toString());
      if (message.type === 'sensors' && message.sensors.length > 0)
        viewer.send(JSON.stringify({ type: 'watch', sensors: [message.sensors[0].sensor] }));
      if (
        (message.type === 'history' || message.type === 'points') &&
        message.points.some(({ forecast: [value] }) => value !== null)
      )
        resolve((performance.now() - start) / 1000);
    });
  });
  child.kill('SIGKILL');
  return { address: seconds, forecast };
}

const started = await measureStart();
const { child: server, url } = await launch(
  ...['--no-replay', '--checkpoints', join(folder, 'load'), '--max-per-address', `${SENSORS + 10}`],
);
process.on('exit', () => server.kill('SIGKILL'));
const wire = (path: string) => wired(path, url);

/** A sine of its own, with noise; rows at its own phase of the period. */
async function openSensor(i: number): Promise<void> {
  const probe = i < PROBES;
  const socket = new WebSocket(wire(`ingest?sensor=load-${i}${probe ? '&answers' : ''}`));
  await opened(socket);
  const sentAt: number[] = [];
  socket.on('message', () => wholeWay.push(performance.now() - (sentAt.shift() ?? Number.NaN)));
  let row = 0;
  setTimeout(() => {
    setInterval(() => {
      row++;
      if (probe) sentAt.push(performance.now());
      socket.send(`[${(20 + 5 * Math.sin(row / (5 + (i % 50))) + Math.random()).toFixed(3)}]`);
    }, PERIOD_MS);
  }, Math.random() * PERIOD_MS);
}

let wholeWay: number[] = [];
const loads: Extract<ServerMessage, { type: 'load' }>['load'][] = [];
for (let i = 0; i < SENSORS; i += 50) await Promise.all(Array.from({ length: 50 }, (_, k) => openSensor(i + k)));
const viewer = new WebSocket(wire('live'));
await opened(viewer);
viewer.send(JSON.stringify({ type: 'watch', sensors: ['load-0', 'load-1', 'load-2', 'load-3'] }));
viewer.on('message', (data: Buffer) => {
  const message: ServerMessage = JSON.parse(data.toString());
  if (message.type === 'load') loads.push(message.load);
});
const metric = async (name: string) => {
  const text = await (await fetch(new URL('metrics', url))).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
};
const wait = (s: number) => new Promise((resolve) => setTimeout(resolve, 1000 * s));

await wait(WARM_SECONDS);
loads.length = 0;
wholeWay = [];
const before = {
  cpu: await metric('process_cpu_seconds_total'),
  rows: await metric('eddy_demo_latency_seconds_count'),
};
const start = performance.now();
await wait(seconds);
const took = (performance.now() - start) / 1000;
const after = { cpu: await metric('process_cpu_seconds_total'), rows: await metric('eddy_demo_latency_seconds_count') };

const quantile = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))];
const rows = after.rows - before.rows;
const lines = {
  'start to the address said, s': started.address.toFixed(2),
  'from there to the first forecast on a dashboard, s': started.forecast.toFixed(2),
  'sensors, each learning (the engine of forecast); four of them watched': SENSORS,
  'rows a second taken': Math.round(rows / took),
  'CPU of the server, cores': ((after.cpu - before.cpu) / took).toFixed(2),
  'CPU a row, µs': ((1e6 * (after.cpu - before.cpu)) / rows).toFixed(1),
  'frame in to forecast out in the server, p50, ms': quantile(
    loads.map(({ latency }) => latency.p50),
    0.5,
  ).toFixed(3),
  'the same, p99, worst of all seconds, ms': quantile(
    loads.map(({ latency }) => latency.p99),
    1,
  ).toFixed(3),
  'there and back over the socket, p50, ms': quantile(wholeWay, 0.5).toFixed(2),
  'the same, p99, ms': quantile(wholeWay, 0.99).toFixed(2),
  'memory of the server, MB': Math.round((await metric('process_resident_memory_bytes')) / 1e6),
  'rows dropped': loads.at(-1)?.dropped,
};
for (const [name, value] of Object.entries(lines)) console.log(`${name.padEnd(70)} ${value}`);
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.exit(0);
