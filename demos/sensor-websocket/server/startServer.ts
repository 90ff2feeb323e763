import { createServer as createHttp, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { Registry } from 'prom-client';
import type { Runtime } from 'rx-eddy';
import { prometheusMetrics } from 'rx-eddy/operators/prometheusMetrics';
import { WebSocketServer } from 'ws';
import type { ServerMessage } from '../protocol.js';
import { Doors, type Refusal } from './doors.js';
import { Dropped } from './dropped.js';
import { Files } from './files.js';
import { keepAlive } from './heartbeat.js';
import { Hub } from './hub.js';
import { ingest } from './ingest.js';
import { Latencies } from './latencies.js';
import { LIMITS } from './limits.js';
import { obey, type ReplayControl } from './live.js';
import { measure } from './measures.js';
import { Rate } from './rate.js';
import { answer, isOpen, say } from './routes.js';
import { Sensors } from './sensors.js';
import { Viewer } from './viewer.js';

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
  const { tls, host, port, pingMs = LIMITS.pingMs } = options;
  const registry = new Registry();
  const dropped = new Dropped();
  const doors = new Doors({ ...options, token: options.token });
  const sensors = new Sensors({
    ...options,
    folder: options.checkpoints,
    dropped,
    metrics: prometheusMetrics({ registry }),
  });
  const latencies = new Latencies();
  const rows = new Rate(performance.now());
  let replay: ReplayControl | undefined;
  const load = (): ServerMessage => ({
    type: 'load',
    load: {
      rowsPerSecond: rows.perSecond,
      sensors: sensors.size,
      viewers: hub.viewers,
      heapBytes: options.runtime.heap.bytesInUse,
      latency: latencies.read(),
      dropped: dropped.total,
    },
  });
  const hub = new Hub(sensors, dropped, load, () => replay?.state ?? null);
  const routes = { sensors, dropped, registry, files: new Files(options.page) };
  const measures = measure(registry, dropped, {
    sensors: () => sensors.size,
    viewers: () => hub.viewers,
    connections: () => doors.open,
  });
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
  const clock = setInterval(() => {
    const now = performance.now();
    rows.tick(now);
    sensors.tick(now);
  }, 1000);

  const http: Server = tls ? createHttps(tls) : createHttp();
  http.headersTimeout = 10_000;
  http.requestTimeout = 10_000;
  http.maxConnections = 2 * options.maxConnections;
  http.on('request', (request, response) => {
    const url = urlOf(request);
    const refusal = isOpen(url.pathname, routes) ? undefined : doors.check(request, url);
    if (refusal) return say(response, refusal.status, refusal.text);
    answer(request, response, url, routes).catch((error: unknown) => {
      options.warn(String(error));
      response.destroy();
    });
  });

  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    perMessageDeflate: false,
    maxPayload: LIMITS.message,
    maxFragments: LIMITS.fragments,
    maxBufferedChunks: LIMITS.chunks,
  });
  http.on('upgrade', (request, socket, head) => {
    const url = urlOf(request);
    const path = url.pathname;
    const full = path === '/live' && hub.viewers >= LIMITS.viewers;
    const refusal =
      path !== '/live' && path !== '/ingest'
        ? NOWHERE
        : (doors.check(request, url) ?? (full ? FULL : doors.enter(request.socket.remoteAddress ?? '')));
    if (typeof refusal !== 'function') {
      dropped.add('connection');
      return refuse(socket, refusal);
    }
    socket.once('close', refusal);
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => dropped.add('frame')); // ws closes it, with the code that says why
      keepAlive(client, pingMs, () => dropped.add('silent'));
      if (path === '/ingest') return ingest(client, url, sensors, dropped);
      const viewer = new Viewer(client);
      client.on('close', () => hub.leave(viewer));
      client.on('message', (data: Buffer, isBinary) => {
        if (client.readyState !== client.OPEN) return;
        if (isBinary || data.length > LIMITS.command || !obey(data.toString(), viewer, sensors, hub, replay)) {
          dropped.add('frame');
          client.close(1007, 'a command must be JSON with a known type');
        }
      });
      hub.enter(viewer);
    });
  });

  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, resolve);
  });
  const address = http.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  const url = new URL(`${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${bound}/`);
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

const NOWHERE: Refusal = { status: 404, text: 'WebSockets are at /ingest and /live' };
const FULL: Refusal = { status: 503, text: 'too many dashboards' };

/** Only path and query are looked at; what cannot be read is nowhere. */
function urlOf({ url = '/' }: IncomingMessage): URL {
  return URL.canParse(url, 'http://host') ? new URL(url, 'http://host') : new URL('http://host/?');
}

function refuse(socket: Duplex, { status, text }: Refusal): void {
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-type: text/plain\r\n\r\n${text}\n`, () =>
    socket.destroy(),
  );
}
