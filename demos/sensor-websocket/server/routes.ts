import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import type { Dropped } from './dropped.js';
import { checkpointOf, csvOf } from './exports.js';
import type { Files } from './files.js';
import { FrameError } from './frames.js';
import { LIMITS } from './limits.js';
import { defaultsOf, Readings } from './readings.js';
import { sensorName } from './sensorName.js';
import type { Sensors } from './sensors.js';

export interface Routes {
  sensors: Sensors;
  dropped: Dropped;
  files: Files;
  registry: Registry;
}

/** Files of the page need no token: they say nothing, and hold the form that it is given in. */
export const isOpen = (path: string, { files }: Routes): boolean => path === '/healthz' || files.has(path);

/** Answers one HTTP request. */
export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  routes: Routes,
): Promise<void> {
  const { sensors, files, registry } = routes;
  const path = url.pathname;
  if (request.method === 'POST' && path === '/ingest') return post(request, response, url, routes);
  if (request.method !== 'GET' && request.method !== 'HEAD') return say(response, 405, 'only GET, and POST /ingest');
  if (files.serve(path, response)) return;
  switch (path) {
    case '/healthz':
      return say(response, 200, 'ok');
    case '/metrics':
      return send(response, registry.contentType, await registry.metrics());
    case '/sensors':
      return send(response, 'application/json', JSON.stringify(sensors.summaries()));
    case '/export.csv':
    case '/export.checkpoint': {
      const sensor = sensors.get(sensorName(url.searchParams.get('sensor')) ?? '');
      if (!sensor) return say(response, 404, 'no such sensor; ask for /export.csv?sensor=NAME');
      return path === '/export.csv'
        ? send(response, 'text/csv; charset=utf-8', csvOf(sensor), 'sensor.csv')
        : send(response, 'application/octet-stream', checkpointOf(sensor), 'sensor.safetensors');
    }
    case '/':
      return say(response, 404, 'the page is not built; npm start builds it');
    default:
      return say(response, 404, 'nothing is here');
  }
}

/** Frames for those who have no WebSocket: one a request. */
async function post(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  { sensors, dropped }: Routes,
): Promise<void> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > LIMITS.message) {
      dropped.add('frame');
      response.setHeader('connection', 'close');
      return say(response, 413, `a frame must be at most ${LIMITS.message} bytes`);
    }
    parts.push(part);
  }
  try {
    new Readings(sensors, dropped, defaultsOf(url)).take(Buffer.concat(parts), isBinary(request));
    say(response, 202, 'taken');
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    dropped.add('frame');
    say(response, 400, error.message);
  }
}

const isBinary = ({ headers }: IncomingMessage) => headers['content-type'] === 'application/octet-stream';

/** Plain words. */
export function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  response.end(`${text}\n`);
}

function send(response: ServerResponse, type: string, body: string | Uint8Array, download?: string): void {
  response.writeHead(200, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(download !== undefined && { 'content-disposition': `attachment; filename="${download}"` }),
  });
  response.end(body);
}
