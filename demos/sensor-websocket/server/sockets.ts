import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Auth, Refusal } from './auth.js';
import type { ConnectionLimits } from './connectionLimits.js';
import type { Dropped } from './dropped.js';
import { keepAlive } from './heartbeat.js';
import type { Hub } from './hub.js';
import { ingest } from './ingest.js';
import { LIMITS } from './limits.js';
import { obey, type ReplayControl } from './live.js';
import type { Sensors } from './sensors.js';
import { urlOf } from './urlOf.js';
import { Viewer } from './viewer.js';

export interface SocketsOptions {
  auth: Auth;
  places: ConnectionLimits;
  sensors: Sensors;
  hub: Hub;
  dropped: Dropped;
  pingMs: number;
  replay: () => ReplayControl | undefined;
}

const NOWHERE: Refusal = { status: 404, text: 'WebSockets are at /ingest and /live' };
const FULL: Refusal = { status: 503, text: 'too many dashboards' };

/** Takes WebSockets at `/ingest` and `/live`; refuses all others in HTTP, before they are any. */
export function openSockets(http: Server, options: SocketsOptions): WebSocketServer {
  const { auth, places, sensors, hub, dropped, pingMs } = options;
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
    const enter = () => {
      if (path !== '/live' && path !== '/ingest') return NOWHERE;
      const refusal = auth.check(request, url);
      if (refusal) return refusal;
      return path === '/live' && hub.viewers >= LIMITS.viewers ? FULL : places.take(request.socket.remoteAddress ?? '');
    };
    const entered = enter();
    if (typeof entered !== 'function') {
      dropped.add('connection');
      refuse(socket, entered);
      return;
    }
    socket.once('close', entered);
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => dropped.add('frame')); // ws closes it, with the code that says why
      keepAlive(client, pingMs, () => dropped.add('silent'));
      if (path === '/ingest') ingest(client, url, sensors, dropped);
      else show(client, options);
    });
  });
  return sockets;
}

/** A dashboard's connection. */
function show(client: WebSocket, { sensors, hub, dropped, replay }: SocketsOptions): void {
  const viewer = new Viewer(client);
  client.on('close', () => hub.leave(viewer));
  client.on('message', (data: Buffer, isBinary) => {
    if (client.readyState !== client.OPEN) return;
    const short = !isBinary && data.length <= LIMITS.command;
    if (short && obey(data.toString(), viewer, sensors, hub, replay())) return;
    dropped.add('frame');
    client.close(1007, 'a command must be JSON with a known type');
  });
  hub.enter(viewer);
}

function refuse(socket: Duplex, { status, text }: Refusal): void {
  socket.on('error', () => {});
  const head = `HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-type: text/plain\r\n\r\n`;
  socket.end(`${head}${text}\n`, () => socket.destroy());
}
