import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import type { ServerMessage, ViewerMessage } from '../../demos/sensor-websocket/protocol.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Builds what `npm start` runs, where it is not up to date. */
export function buildDemo(): void {
  execFileSync(process.execPath, ['demos/sensor-websocket/build.mjs'], { cwd: root, stdio: 'inherit' });
}

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'eddy-sensors-'));
export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

export interface SensorServer {
  readonly url: string;
  readonly port: string;
  /** Ends it as a person would, and waits. */
  stop(): Promise<void>;
}

/** The demo's server as a process of its own, once it has said where it listens. */
export async function startServer(checkpoints: string, ...options: string[]): Promise<SensorServer> {
  const all = ['build/demos/sensor-websocket/main.mjs', '--port', '0', '--checkpoints', checkpoints, ...options];
  const child: ChildProcess = spawn(process.execPath, all, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  if (!child.stdout) throw new Error('the server must have a standard output');
  const gone = once(child, 'exit');
  const url = await Promise.race([
    gone.then(([code]) => Promise.reject(new Error(`the server ended with ${code}`))),
    (async (output) => {
      for await (const line of createInterface(output)) {
        const [found] = /https?:\S+/.exec(line) ?? [];
        if (found) return found;
      }
      throw new Error('the server did not say where it listens');
    })(child.stdout),
  ]);
  return {
    url,
    port: new URL(url).port,
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

const opened = async (url: string, path: string) => {
  const socket = new WebSocket(new URL(path, url.replace('http', 'ws')));
  await once(socket, 'open');
  return socket;
};

/** Sends rows as a sensor does, a minute apart, and waits until the server has taken them. */
export async function sendRows(url: string, sensor: string, values: readonly number[], from = 0): Promise<void> {
  const socket = await opened(url, 'ingest?answers');
  const start = Date.UTC(2026, 0, 1);
  for (let at = 0; at < values.length; at += 200) {
    const rows = values.slice(at, at + 200);
    socket.send(
      JSON.stringify({ sensor, t: rows.map((_, i) => start + (from + at + i) * 60_000), values: rows.map((x) => [x]) }),
    );
    await once(socket, 'message');
  }
  socket.close();
}

/** A second viewer, to see what the server says itself. */
export async function viewer(url: string, ...sensors: string[]) {
  const socket = await opened(url, 'live');
  const newest = new Map<string, ServerMessage>();
  socket.on('message', (data) => {
    const message: ServerMessage = JSON.parse(String(data));
    newest.set(message.type, message);
  });
  const send = (message: ViewerMessage) => socket.send(JSON.stringify(message));
  send({ type: 'watch', sensors });
  return {
    newest<T extends ServerMessage['type']>(type: T) {
      const found = newest.get(type);
      return found?.type === type ? (found as Extract<ServerMessage, { type: T }>) : undefined;
    },
    close: () => socket.close(),
  };
}
