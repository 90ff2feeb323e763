import { setTimeout as wait } from 'node:timers/promises';
import { ws } from 'msw';
import { setupServer } from 'msw/node';
import { WebSocket } from 'undici';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Connection, connect, type Status } from '../../demos/sensor-websocket/page/connection.js';
import type { ServerMessage } from '../../demos/sensor-websocket/protocol.js';

const address = 'ws://dashboard.test/live';
const live = ws.link(address);
const server = setupServer();

beforeAll(() => {
  // Node 20 has none, and msw puts its own in the place of the one that it finds.
  Object.assign(globalThis, { WebSocket });
  server.listen({ onUnhandledRequest: 'error' });
});
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const hello: ServerMessage = { type: 'hello', version: 1, cells: ['rnn', 'lstm', 'gru'], replay: null };

/** A connection that is listened to, and what came of it. */
function listen(): { connection: Connection; messages: ServerMessage[]; statuses: Status[]; end(): void } {
  const connection = connect(address);
  const messages: ServerMessage[] = [];
  const statuses: Status[] = [];
  connection.status.subscribe((status) => statuses.push(status));
  const listening = connection.messages.subscribe((message) => messages.push(message));
  return { connection, messages, statuses, end: () => listening.unsubscribe() };
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !holds(); i++) await wait(10);
  expect(holds()).toBe(true);
}

it('hands on what the server says, in order', async () => {
  server.use(
    live.addEventListener('connection', ({ client }) => {
      client.send(JSON.stringify(hello));
      client.send(JSON.stringify({ type: 'replay', replay: null }));
    }),
  );
  const { messages, statuses, end } = listen();
  await until(() => messages.length === 2);
  expect(messages).toEqual([hello, { type: 'replay', replay: null }]);
  expect(statuses).toEqual(['connecting', 'connected']);
  end();
});

it('sends a command as JSON', async () => {
  const heard: unknown[] = [];
  server.use(
    live.addEventListener('connection', ({ client }) => {
      client.addEventListener('message', ({ data }) => heard.push(JSON.parse(String(data))));
    }),
  );
  const { connection, statuses, end } = listen();
  await until(() => statuses.includes('connected'));
  expect(connection.send({ type: 'freeze', sensor: 'a', frozen: true })).toBe(true);
  await until(() => heard.length > 0);
  expect(heard).toEqual([{ type: 'freeze', sensor: 'a', frozen: true }]);
  end();
});

it('connects again by itself, as often as it must, and says how it stands', async () => {
  let connections = 0;
  server.use(
    live.addEventListener('connection', ({ client }) => {
      connections++;
      if (connections < 3) client.close(1001);
      else client.send(JSON.stringify(hello));
    }),
  );
  const { messages, statuses, end } = listen();
  await until(() => messages.length === 1);
  expect(connections).toBe(3);
  expect(statuses.filter((status) => status === 'disconnected')).toHaveLength(2);
  expect(statuses.at(-1)).toBe('connected');
  end();
});

it('does not keep a command for later: without a connection it is not sent at all', async () => {
  const heard: unknown[] = [];
  server.use(
    live.addEventListener('connection', ({ client }) => {
      client.addEventListener('message', ({ data }) => heard.push(data));
    }),
  );
  const { connection, statuses, end } = listen();
  expect(connection.send({ type: 'snapshot', sensor: 'a' })).toBe(false);
  await until(() => statuses.includes('connected'));
  await wait(50);
  expect(heard).toEqual([]);
  end();
});

it('closes when nobody listens any more, and stays closed', async () => {
  let open = 0;
  let opened = 0;
  server.use(
    live.addEventListener('connection', ({ client }) => {
      open++;
      opened++;
      client.addEventListener('close', () => open--);
    }),
  );
  const { statuses, connection, end } = listen();
  await until(() => statuses.includes('connected'));
  end();
  await until(() => open === 0);
  await wait(500);
  expect(opened).toBe(1);
  expect(connection.send({ type: 'snapshot', sensor: 'a' })).toBe(false);
});
