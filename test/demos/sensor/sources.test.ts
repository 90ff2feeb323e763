import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { connectAsync } from 'mqtt';
import { generate } from 'selfsigned';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { SensorSummary } from '../../../demos/sensor-websocket/protocol.js';
import { knock, SensorClient, type SensorServer, startSensorServer, temporaryFolder } from './sensorServer.js';

const folder = temporaryFolder();
const servers: SensorServer[] = [];
const start = async (...options: string[]) => {
  const server = await startSensorServer(mkdtempSync(join(folder.path, 'c-')), ...options);
  servers.push(server);
  return server;
};
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));
afterAll(() => folder.remove());

const sensorsOf = async ({ url }: SensorServer): Promise<SensorSummary[]> =>
  (await fetch(new URL('sensors', url))).json();
const rowsOf = async (server: SensorServer, name: string) =>
  (await sensorsOf(server)).find(({ sensor }) => sensor === name)?.rows ?? 0;

describe('the replay', () => {
  it('sends the shipped series through a connection of its own, gaps and all, and can be turned', async () => {
    const server = await start('--speed', '200');
    await expect.poll(async () => (await sensorsOf(server)).length, { timeout: 10_000 }).toBe(4);
    const air = (await sensorsOf(server)).find(({ sensor }) => sensor.includes('PM2.5'));
    expect(air?.rows).toBeGreaterThanOrEqual(200);
    const text = await (
      await fetch(new URL(`export.csv?sensor=${encodeURIComponent(air?.sensor ?? '')}`, server.url))
    ).text();
    const lines = text.split('\n').map((line) => line.split(','));
    expect(lines[1].slice(0, 3)).toEqual(['1', '2010-01-01T00:00:00.000Z', '']); // the first day has no value
    expect(lines[25].slice(0, 3)).toEqual(['25', '2010-01-02T00:00:00.000Z', '129']);

    const viewer = new WebSocket(server.socket('live'));
    const replays: unknown[] = [];
    viewer.on('message', (data) => {
      const message = JSON.parse(String(data));
      if ('replay' in message) replays.push(message.replay);
    });
    await once(viewer, 'open');
    viewer.send(JSON.stringify({ type: 'replay', speed: 50, paused: true }));
    await expect.poll(() => replays.at(-1)).toMatchObject({ speed: 50, paused: true });
    const { rows } = (await sensorsOf(server))[0];
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await sensorsOf(server))[0].rows).toBeLessThanOrEqual(rows + 5); // what was on its way
    viewer.send(JSON.stringify({ type: 'replay', speed: 500, paused: false }));
    await expect.poll(async () => (await sensorsOf(server))[0].rows, { timeout: 10_000 }).toBeGreaterThan(rows + 100);
    viewer.close();
  });
});

describe('a sensor that is a WebSocket server', () => {
  it('is heard, text and binary, and again after it was gone', async () => {
    const open = (port: number) => {
      const source = new WebSocketServer({ host: '127.0.0.1', port });
      source.on('connection', (socket) => {
        socket.send('{"values":[[1],[2]]}');
        socket.send('garbage');
        socket.send(Buffer.from(Float32Array.of(3, 4).buffer));
      });
      return source;
    };
    const first = open(0);
    await once(first, 'listening');
    const address = first.address();
    if (address === null || typeof address === 'string') throw new Error('it listens on a port');
    const server = await start('--pull', `boiler=ws://127.0.0.1:${address.port}/readings`);
    await expect.poll(() => rowsOf(server, 'boiler'), { timeout: 10_000 }).toBe(4);
    expect(server.errors.join('')).toContain('a text frame must be JSON');
    for (const client of first.clients) client.terminate();
    await new Promise((resolve) => first.close(resolve));
    const second = open(address.port);
    await expect.poll(() => rowsOf(server, 'boiler'), { timeout: 15_000 }).toBe(8);
    for (const client of second.clients) client.terminate();
    second.close();
  });
});

describe('an MQTT broker', () => {
  it('is heard: each topic is a sensor', async () => {
    const broker = await Aedes.createBroker();
    const tcp = createServer(broker.handle);
    tcp.listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    const address = tcp.address();
    if (address === null || typeof address === 'string') throw new Error('it listens on a port');
    const url = `mqtt://127.0.0.1:${address.port}`;
    const subscribed = once(broker, 'subscribe');
    const server = await start('--mqtt', url, '--mqtt-topic', 'house/#');
    await subscribed;
    const device = await connectAsync(url);
    for (const message of ['21.5', '{"t":1700000000000,"values":[21.7]}', 'hot', '22'])
      await device.publishAsync('house/kitchen/temperature', message);
    await device.publishAsync('house/hall', '[[1,2],[3,4]]');
    await device.publishAsync(`house/${'x'.repeat(80)}`, '1');
    await device.publishAsync('garden/elsewhere', '1');
    await expect.poll(() => rowsOf(server, 'house/kitchen/temperature'), { timeout: 10_000 }).toBe(3);
    await expect.poll(() => rowsOf(server, 'house/hall'), { timeout: 10_000 }).toBe(2);
    const sensors = await sensorsOf(server);
    expect(sensors.map(({ sensor, channels }) => [sensor, channels]).sort()).toEqual([
      ['house/hall', 2],
      ['house/kitchen/temperature', 1],
    ]);
    await device.endAsync();
    await server.stop();
    await new Promise<void>((resolve) => broker.close(resolve));
    tcp.close();
  });
});

describe('a request without a WebSocket', () => {
  it('brings rows too, or is told why not', async () => {
    const server = await start();
    const post = (body: string | Uint8Array<ArrayBuffer>, query = '', type = 'application/json') =>
      fetch(new URL(`ingest${query}`, server.url), { method: 'POST', body, headers: { 'content-type': type } });
    expect((await post('{"sensor":"curl","values":[21.5]}')).status).toBe(202);
    const bytes = new Uint8Array(Float32Array.of(1, 2, 3).buffer);
    expect((await post(bytes, '?sensor=curl', 'application/octet-stream')).status).toBe(202);
    await expect.poll(() => rowsOf(server, 'curl')).toBe(4);
    const refused = await post('{"sensor":"curl","values":["x"]}');
    expect([refused.status, await refused.text()]).toEqual([
      400,
      'values must be numbers, or null where one is missing\n',
    ]);
    expect((await post('x'.repeat(70_000))).status).toBe(413);
    expect(await rowsOf(server, 'curl')).toBe(4);
  });
});

describe('a server with TLS and a token', () => {
  it('lets in who has it; its own replay too', async () => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    const files = { cert: join(folder.path, 'cert.pem'), key: join(folder.path, 'key.pem') };
    writeFileSync(files.cert, cert);
    writeFileSync(files.key, key, { mode: 0o600 });
    const server = await start('--tls', files.cert, files.key, '--token', 'sesame', '--speed', '10');
    expect(server.url.protocol).toBe('https:');
    const ca = cert;
    const status = (path: string, headers = {}) =>
      new Promise<number>((resolve, reject) => {
        const request = get(new URL(path, server.url), { ca, headers }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        request.on('error', reject);
      });
    expect(await status('healthz')).toBe(200);
    expect(await status('sensors')).toBe(401);
    expect(await status('sensors?token=simsim')).toBe(401);
    expect(await status('sensors?token=sesame')).toBe(200);
    expect(await status('metrics', { authorization: 'Bearer sesame' })).toBe(200);
    expect(await knock(server.socket('live'), { ca })).toBe(401);
    expect(await knock(server.socket('live?token=sesame'), { ca })).toBe(101);
    expect(await knock(server.socket('ingest?token=wrong'), { ca })).toBe(401);
    const client = await SensorClient.open(server.socket('ingest?answers&token=sesame'), { ca });
    client.say({ sensor: 'taxi demand, New York' });
    const stands = async (count: number) => {
      client.say({ sensor: 'taxi demand, New York' });
      return (await client.heard(count))[count - 1].rows;
    };
    let asked = 1;
    await expect.poll(() => stands(++asked), { timeout: 10_000 }).toBeGreaterThan(100);
    client.socket.close();
  });
});

describe('options that cannot be', () => {
  it.each([
    ['--port', '99999'],
    ['--pull', 'http://x'],
    ['--tls', 'only-one.pem'],
    ['--speed', '0'],
  ])('%s %s ends the start with a word', async (...options) => {
    await expect(startSensorServer(folder.path, ...options)).rejects.toThrow('error: ');
  });

  it('a port that is taken', async () => {
    const server = await start();
    await expect(startSensorServer(folder.path, '--port', server.url.port)).rejects.toThrow('EADDRINUSE');
  });
});
