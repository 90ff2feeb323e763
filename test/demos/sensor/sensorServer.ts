import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { WebSocket } from 'ws';

const main = fileURLToPath(new URL('../../../demos/sensor-websocket/main.ts', import.meta.url));
const bundle = fileURLToPath(
  new URL(`../../../build/test/sensors-${process.pid}-${process.hrtime.bigint()}.mjs`, import.meta.url),
);

let built: Promise<unknown> | undefined;
/** As the demo's own build bundles it; the package itself is the built one. */
const bundled = () => {
  built ??= build({
    entryPoints: [main],
    outfile: bundle,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  return built;
};

/** The demo's server as a process of its own. */
export interface SensorServer {
  readonly process: ChildProcess;
  readonly url: URL;
  /** What it has complained of. */
  readonly errors: string[];
  socket(path: string): URL;
  /** A value of `/metrics`, by its whole name with labels; 0 where there is none. */
  metric(name: string): Promise<number>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts the server on a free port, without a replay unless the options say its speed. */
export async function startSensorServer(checkpoints: string, ...options: string[]): Promise<SensorServer> {
  await bundled();
  const replay = options.includes('--speed') ? [] : ['--no-replay'];
  const all = ['--port', '0', ...replay, '--checkpoints', checkpoints, ...options];
  const child = spawn(process.execPath, [bundle, ...all], { stdio: ['ignore', 'pipe', 'pipe'] });
  const errors: string[] = [];
  child.stderr.on('data', (data: Buffer) => errors.push(data.toString()));
  const exited = once(child, 'exit').then(() => {
    throw new Error(`the server has ended: ${errors.join('')}`);
  });
  exited.catch(() => {});
  const said = once(child.stdout, 'data').then(([data]) => String(data));
  const url = new URL((await Promise.race([said, exited])).trim().split(' ').at(-1) ?? '');
  return {
    process: child,
    url,
    errors,
    socket: (path) => Object.assign(new URL(path, url), { protocol: url.protocol === 'https:' ? 'wss:' : 'ws:' }),
    async metric(name) {
      const text = await (await fetch(new URL('metrics', url))).text();
      const line = text.split('\n').find((line) => line.startsWith(`${name} `));
      return Number(line?.slice(name.length + 1) ?? 0);
    },
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await exited.catch(() => {});
    },
  };
}

/** A folder that is gone when the tests have ended. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'eddy-sensors-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** What the server answers a row with, or the question where a sensor stands. */
export interface Answer {
  sensor: string;
  index?: number;
  rows?: number;
  next?: (number | null)[];
  score?: number;
  alarm?: string;
}

/** A sensor that hears what its rows bring. */
export class SensorClient {
  readonly answers: Answer[] = [];
  readonly #waiting: (() => void)[] = [];

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.answers.push(JSON.parse(String(data)));
      for (const wake of this.#waiting.splice(0)) wake();
    });
    socket.on('error', () => {});
  }

  static async open(url: URL, options: ConstructorParameters<typeof WebSocket>[2] = {}): Promise<SensorClient> {
    const socket = new WebSocket(url, options);
    const client = new SensorClient(socket);
    await once(socket, 'open');
    return client;
  }

  say(frame: unknown): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The answers, once there are so many. */
  async heard(count: number): Promise<Answer[]> {
    while (this.answers.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.answers;
  }
}

/** The code and reason that a connection ends with. */
export async function closing(socket: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = await once(socket, 'close');
  return { code, reason: String(reason) };
}

/** The status that an upgrade is refused with; 101 where it is not. */
export function knock(url: URL, options: ConstructorParameters<typeof WebSocket>[2] = {}): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, options);
    socket.on('unexpected-response', (request, response) => {
      resolve(response.statusCode ?? 0);
      request.destroy();
    });
    socket.on('open', () => {
      resolve(101);
      socket.terminate();
    });
    socket.on('error', () => {});
  });
}
