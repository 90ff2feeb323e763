import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { Socket } from 'node:net';
import { Registry } from 'prom-client';
import type { Runtime } from 'rx-eddy';
import { prometheusMetrics } from 'rx-eddy/operators/streams/prometheusMetrics';
import type { ServerMessage } from '../protocol.js';
import { Auth } from './auth.js';
import { ConnectionLimits } from './connectionLimits.js';
import { Dropped } from './dropped.js';
import { Files } from './files.js';
import { Hub } from './hub.js';
import { Latencies } from './latencies.js';
import { LIMITS } from './limits.js';
import type { ReplayControl } from './live.js';
import { measure } from './measures.js';
import { Rate } from './rate.js';
import { answer, isOpen, say } from './routes.js';
import { Sensors } from './sensors.js';
import { openSockets } from './sockets.js';
import { urlOf } from './urlOf.js';

export interface ServerOptions {
  runtime: Runtime;
  host: string;
  /** 0: any that is free. */
  port: number;
  tls?: { cert: Buffer; key: Buffer };
  token?: string;
  origins: readonly string[];
  /** The built page. */
  page: string;
  /** Where sensors' checkpoints are kept. */
  checkpoints: string;
  checkpointMs: number;
  maxSensors: number;
  maxConnections: number;
  maxPerAddress: number;
  pingMs?: number;
  warn: (text: string) => void;
}

export interface RunningServer {
  /** `http://127.0.0.1:8080/` */
  readonly url: URL;
  /** Lets viewers turn a replay. */
  replayedBy(replay: ReplayControl): void;
  /** Saves what has been learned, and closes every connection. */
  close(): Promise<void>;
}

/** Starts the demo's server: `/ingest` and `/live` over WebSocket, the page and the rest over HTTP. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, port, pingMs = LIMITS.pingMs } = options;
  const registry = new Registry();
  const dropped = new Dropped();
  const auth = new Auth({ ...options, token: options.token });
  const places = new ConnectionLimits(options.maxConnections, options.maxPerAddress);
  const sensors = createSensors(options, registry, dropped);
  let replay: ReplayControl | undefined;
  const rates = { latencies: new Latencies(), rows: new Rate(performance.now()) };
  const load = (): ServerMessage => loadOf(options, sensors, hub, dropped, rates);
  const hub = new Hub(sensors, dropped, load, () => replay?.state ?? null);
  const measures = measure(registry, dropped, {
    sensors: () => sensors.size,
    viewers: () => hub.viewers,
    connections: () => places.taken,
  });
  watchSensors(sensors, rates, measures);
  const clock = setInterval(() => {
    const now = performance.now();
    rates.rows.tick(now);
    sensors.tick(now);
  }, 1000);
  const http = createHttpServer(options, auth, { sensors, dropped, registry, files: new Files(options.page) });
  const sockets = openSockets(http, { auth, places, sensors, hub, dropped, pingMs, replay: () => replay });
  const url = await listen(http, options.tls !== undefined, host, port);
  return {
    url,
    replayedBy(control) {
      replay = control;
    },
    async close() {
      clearInterval(clock);
      hub.close();
      http.close();
      for (const client of sockets.clients) client.close(1001, 'the server is going');
      await sensors.close();
      for (const client of sockets.clients) client.terminate();
      http.closeAllConnections();
    },
  };
}

interface Rates {
  readonly latencies: Latencies;
  readonly rows: Rate;
}

const createSensors = (options: ServerOptions, registry: Registry, dropped: Dropped) =>
  new Sensors({
    ...options,
    folder: options.checkpoints,
    dropped,
    telemetry: prometheusMetrics({ registry, labels: { operator: 'keyed' } }),
    bench: {
      runtime: options.runtime,
      telemetry: prometheusMetrics({ registry, labels: { operator: 'learn' } }),
    },
  });

const loadOf = (
  { runtime }: ServerOptions,
  sensors: Sensors,
  hub: Hub,
  dropped: Dropped,
  { rows, latencies }: Rates,
): ServerMessage => ({
  type: 'load',
  load: {
    rowsPerSecond: rows.perSecond,
    sensors: sensors.size,
    viewers: hub.viewers,
    heapBytes: runtime.heap.bytesInUse,
    latency: latencies.read(),
    dropped: dropped.total,
  },
});

/** Answers each reading, and counts it with the time that it took. */
function watchSensors(sensors: Sensors, { rows, latencies }: Rates, measures: ReturnType<typeof measure>): void {
  sensors.made.subscribe({
    next: ({ reading, made }) => {
      rows.add();
      reading.reply?.(made);
      const took = performance.now() - reading.arrived;
      latencies.add(took);
      measures.latency(took / 1000);
    },
    error: (error: unknown) => {
      throw error; // a stage that fails is a fault of ours: better to stop than to be deaf
    },
  });
}

/** HTTP with limits of time and of connections; beside WebSockets it holds those that ask for pages, and those that send nothing at all. */
function createHttpServer(options: ServerOptions, auth: Auth, routes: Parameters<typeof answer>[3]): Server {
  const { tls, maxConnections, maxPerAddress } = options;
  const places = new ConnectionLimits(2 * maxConnections, 2 * maxPerAddress);
  const patience = { connectionsCheckingInterval: 5000, handshakeTimeout: 10_000 };
  const http: Server = tls ? createHttps({ ...tls, ...patience }) : createHttp(patience);
  http.headersTimeout = 10_000;
  http.requestTimeout = 10_000;
  http.on('connection', (socket: Socket) => {
    const leave = places.take(socket.remoteAddress ?? '');
    if (typeof leave === 'function') socket.once('close', leave);
    else socket.destroy();
  });
  http.on('request', (request, response) => {
    const url = urlOf(request);
    const refusal = isOpen(url.pathname, routes) ? undefined : auth.check(request, url);
    if (refusal) return say(response, refusal.status, refusal.text);
    answer(request, response, url, routes).catch((error: unknown) => {
      options.warn(String(error));
      response.destroy();
    });
  });
  return http;
}

/** The address, once the server listens. */
async function listen(http: Server, secure: boolean, host: string, port: number): Promise<URL> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, resolve);
  });
  const address = http.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return new URL(`${secure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${bound}/`);
}
