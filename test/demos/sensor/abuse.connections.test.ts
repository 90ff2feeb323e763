import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { dropped, frame, MEGABYTE, MOST, memory, opened, raw, resident, server } from './abused.js';
import { knock, SensorClient, startSensorServer, temporaryFolder } from './sensorServer.js';

describe('those who may not come in', () => {
  const host = () => server.url.host;

  it.each(['/live', '/ingest'])('are pages of another origin, at %s', async (path) => {
    expect(await knock(server.socket(path), { origin: 'https://evil.example' })).toBe(403);
    expect(await knock(server.socket(path), { origin: 'null' })).toBe(403);
    expect(await knock(server.socket(path), { origin: `http://${host()}` })).toBe(101);
    expect(await knock(server.socket(path))).toBe(101);
  });

  it('are pages whose name only points here', async () => {
    const headers = { host: `evil.example:${server.url.port}` };
    expect(await knock(server.socket('/live'), { origin: `http://${headers.host}`, headers })).toBe(403);
    const status = await new Promise((resolve) => {
      request(new URL('sensors', server.url), { headers }, (response) => resolve(response.statusCode)).end();
    });
    expect(status).toBe(403);
  });

  it('are those who look for something else', async () => {
    expect(await knock(server.socket('/'))).toBe(404);
    expect((await fetch(new URL('/..%2f..%2fpackage.json', server.url))).status).toBe(404);
    expect((await fetch(new URL('/sensors', server.url), { method: 'DELETE' })).status).toBe(405);
  });

  it('are 10,000 at once: all but a hundred are refused', async () => {
    const counts = new Map<string, number>();
    const knockRaw = () =>
      new Promise<Socket | undefined>((resolve) => {
        const socket = connect(Number(server.url.port), server.url.hostname);
        const settle = (what: string, held?: Socket) => {
          if (socket.listenerCount('data') === 0) return;
          socket.removeAllListeners('data');
          counts.set(what, (counts.get(what) ?? 0) + 1);
          if (!held) socket.destroy();
          resolve(held);
        };
        socket.on('error', () => settle('closed'));
        socket.on('close', () => settle('closed'));
        socket.on('data', (data) => {
          const status = String(data).slice(9, 12);
          settle(status, status === '101' ? socket : undefined);
        });
        socket.write(
          `GET /ingest HTTP/1.1\r\nhost: ${host()}\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
        );
      });
    const held: (Socket | undefined)[] = [];
    for (let i = 0; i < 10_000; i += 250) held.push(...(await Promise.all(Array.from({ length: 250 }, knockRaw))));
    expect(await server.metric('eddy_demo_connections')).toBeLessThanOrEqual(MOST);
    // Those that were let in never answer a ping, so places come free again; never more than there are. Beyond twice as many
    // the connection itself is closed.
    const of = (what: string) => counts.get(what) ?? 0;
    expect(of('429') + of('closed') + of('101')).toBe(10_000);
    expect(of('429')).toBeGreaterThan(1000);
    expect(of('429') + of('closed')).toBeGreaterThan(5000);
    for (const socket of held) socket?.destroy();
    await expect.poll(() => server.metric('eddy_demo_connections'), { timeout: 10_000 }).toBeLessThan(5);
  }, 120_000);
});

describe('a client that has gone silent', () => {
  it('is closed when it has not answered a ping', async () => {
    const before = await dropped('silent');
    const peer = await raw('ingest?sensor=deaf');
    await once(peer.resume(), 'close');
    expect(await dropped('silent')).toBe(before + 1);
  });

  it('is left without rows, then closed, when it never reads, though it says that it is there', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `b${i}`);
    const peer = await raw('live');
    peer.pause();
    const pongs = setInterval(() => peer.write(frame(10, Buffer.alloc(0), true)), 100);
    const sources = await Promise.all(names.map((name) => opened(`ingest?sensor=${name}`)));
    const rows = Array.from({ length: 200 }, (_, i) => Array.from({ length: 8 }, (_, c) => Math.sin(i * c)));
    for (let i = 0; i < 3; i++) {
      for (const source of sources) source.send(JSON.stringify(rows));
      await wait(500);
    }
    // Each look at all of them is some megabytes of history.
    let looks = 0;
    const watching = setInterval(() => {
      const command = { type: 'watch', sensors: looks++ % 2 === 0 ? names : [] };
      peer.write(frame(1, Buffer.from(JSON.stringify(command)), true));
    }, 100);
    const before = { slow: await dropped('slow-viewer'), silent: await dropped('silent') };
    let peak = 0;
    const closed = async () => {
      peak = Math.max(peak, await resident());
      return dropped('slow-viewer');
    };
    await expect.poll(closed, { timeout: 60_000, interval: 500 }).toBe(before.slow + 1);
    clearInterval(watching);
    clearInterval(pongs);
    peer.destroy();
    for (const source of sources) source.close();
    expect(await dropped('silent')).toBe(before.silent);
    expect(peak - memory).toBeLessThan(150 * MEGABYTE);
  });
});

describe('more sensors than there is room for', () => {
  it('come and go; each goes on where it stood', async () => {
    const client = await SensorClient.open(server.socket('ingest?answers'));
    const names = Array.from({ length: 60 }, (_, i) => `many-${i}`);
    for (const [i, sensor] of names.entries()) {
      client.say({ sensor, values: Array.from({ length: 40 }, (_, row) => [row % 7]) });
      await client.heard(40 * (i + 1));
    }
    await expect.poll(() => server.metric('eddy_keys{operator="keyed"}'), { timeout: 10_000 }).toBeLessThanOrEqual(20);
    const seen = client.answers.length;
    client.say({ sensor: 'many-0', values: [1] });
    expect((await client.heard(seen + 1))[seen]).toMatchObject({ sensor: 'many-0', index: 41 });
    client.socket.close();
  });
});

describe('a checkpoint that cannot be read', () => {
  it('is said, and its sensor is not heard; a stream never starts anew in silence', async () => {
    const own = temporaryFolder();
    const hash = 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'; // printf a | sha256sum
    mkdirSync(join(own.path, 'ca'));
    writeFileSync(join(own.path, 'ca', hash), 'no checkpoint');
    const other = await startSensorServer(own.path);
    try {
      const client = await SensorClient.open(other.socket('ingest?answers'));
      client.say({ sensor: 'a', values: [1] });
      client.say({ sensor: 'b', values: [1] });
      expect(await client.heard(1)).toMatchObject([{ sensor: 'b', index: 1 }]);
      await expect.poll(() => other.errors.join('')).toContain('sensor "a" is not heard');
      expect(await other.metric('eddy_demo_dropped_total{reason="checkpoint"}')).toBe(1);
    } finally {
      await other.stop();
      own.remove();
    }
  });
});
