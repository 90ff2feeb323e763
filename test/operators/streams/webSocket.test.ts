import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { ws } from 'msw';
import { setupServer } from 'msw/node';
import { lastValueFrom, retry, take, toArray } from 'rxjs';
import { webSocket } from 'rxjs/webSocket';
import { WebSocket } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { asOperator } from '../../../operators/streams/asOperator.js';
import { openSum } from '../shared/sum.js';

/** A sensor behind a WebSocket: what it sends on each connection, and how it then hangs up. */
interface Sensor {
  url: string;
  /** The script of the connections to come, one after the other. */
  play(...connections: { send: unknown[]; close?: number }[]): void;
  /** Connections that are open. */
  open(): number;
  stop(): Promise<void> | void;
}

type Connection = { send(data: string): void; close(code: number): void; onClose(heard: () => void): void };

function script() {
  const connections: { send: unknown[]; close?: number }[] = [];
  let open = 0;
  return {
    play: (...more: typeof connections) => void connections.splice(0, connections.length, ...more),
    open: () => open,
    connect({ send, close, onClose }: Connection) {
      const scene = connections.shift();
      open++;
      onClose(() => open--);
      for (const message of scene?.send ?? []) send(JSON.stringify(message));
      if (scene?.close) close(scene.close);
    },
  };
}

function mswSensor(): Sensor {
  const url = 'ws://sensor.test/readings';
  const { connect, ...rest } = script();
  const link = ws.link(url);
  const server = setupServer(
    link.addEventListener('connection', ({ client }) =>
      connect({
        send: (data) => client.send(data),
        // msw delivers messages in a later turn than it closes.
        close: (code) => void setTimeout(() => client.close(code), 5),
        onClose: (heard) => client.addEventListener('close', heard),
      }),
    ),
  );
  server.listen({ onUnhandledRequest: 'error' });
  return { url, ...rest, stop: () => server.close() };
}

async function realSensor(): Promise<Sensor> {
  const { connect, ...rest } = script();
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (socket) =>
    connect({
      send: (data) => socket.send(data),
      // 1006 stands for a line that breaks: it is never sent.
      close: (code) => (code === 1006 ? socket.terminate() : socket.close(code)),
      onClose: (heard) => socket.on('close', heard),
    }),
  );
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `ws://127.0.0.1:${port}/`,
    ...rest,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const native = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket');
beforeAll(() => {
  Object.defineProperty(globalThis, 'WebSocket', { value: WebSocket, configurable: true, writable: true });
});
afterAll(() => {
  if (native) Object.defineProperty(globalThis, 'WebSocket', native);
  else Reflect.deleteProperty(globalThis, 'WebSocket');
});

describe.each([
  { server: 'msw', open: mswSensor, breaks: false }, // msw closes every connection cleanly
  { server: 'a ws server', open: realSensor, breaks: true },
])('an operator behind a WebSocket to $server', ({ open, breaks }) => {
  let sensor: Sensor;
  const log = { live: 0 };
  beforeAll(async () => {
    sensor = await open();
  });
  afterAll(() => sensor.stop());
  const readings = () => webSocket<number>(sensor.url);
  const summed = () => readings().pipe(asOperator(() => openSum({ log })));
  const settled = async (check: () => void) => {
    for (let i = 0; i < 50; i++) {
      try {
        return check();
      } catch {
        await wait(5);
      }
    }
    check();
  };

  it('takes each message as a sample, and completes when the server hangs up', async () => {
    sensor.play({ send: [1, 2, 3, 4, 5], close: 1000 });
    expect(await lastValueFrom(summed().pipe(toArray()))).toEqual([3, 10, 15]);
    expect(log.live).toBe(0);
  });

  it('hangs up and frees when the reader leaves', async () => {
    sensor.play({ send: [1, 2, 3, 4] });
    expect(await lastValueFrom(summed().pipe(take(1), toArray()))).toEqual([3]);
    expect(log.live).toBe(0);
    await settled(() => expect(sensor.open()).toBe(0));
  });

  it('fails and frees on a message that is no sample, and hangs up', async () => {
    sensor.play({ send: [1, 2, 'three', 4] });
    const out: number[] = [];
    const failure = await new Promise((resolve) => summed().subscribe({ next: (x) => out.push(x), error: resolve }));
    expect(failure).toMatchObject({ code: 'invalid-sample', message: expect.stringContaining('sample 3') });
    expect({ out, live: log.live }).toEqual({ out: [3], live: 0 });
    await settled(() => expect(sensor.open()).toBe(0));
  });

  if (!breaks) return;

  it('starts from the initial state after a broken line', async () => {
    sensor.play({ send: [1, 2, 3], close: 1006 }, { send: [10, 20], close: 1000 });
    expect(await lastValueFrom(summed().pipe(retry(1), toArray()))).toEqual([3, 30, 30]);
    expect(log.live).toBe(0);
  });

  it('keeps its state over a broken line that is mended in front of it', async () => {
    sensor.play({ send: [1, 2, 3], close: 1006 }, { send: [10], close: 1000 });
    const mended = readings().pipe(
      retry(1),
      asOperator(() => openSum({ log })),
    );
    expect(await lastValueFrom(mended.pipe(toArray()))).toEqual([3, 16, 16]);
  });
});
