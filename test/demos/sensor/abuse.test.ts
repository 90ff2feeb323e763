import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { closing, knock, SensorClient, type SensorServer, startSensorServer, temporaryFolder } from './sensorServer.js';

const folder = temporaryFolder();
let server: SensorServer;
let honest: SensorClient;
let sent = 0;
let beat: NodeJS.Timeout;

const MOST = 100;
beforeAll(async () => {
  server = await startSensorServer(
    folder.path,
    ...['--max-per-address', `${MOST}`, '--max-sensors', '20', '--ping-seconds', '0.5', '--checkpoint-seconds', '1'],
  );
  honest = await SensorClient.open(server.socket('ingest?sensor=honest&answers'));
  beat = setInterval(() => honest.say([Math.sin(++sent / 5)]), 20);
});
afterAll(async () => {
  clearInterval(beat);
  honest.socket.terminate();
  await server.stop();
  folder.remove();
});

/** Whatever a test does, the honest sensor is answered row by row, and the process stays small. */
const MEGABYTE = 2 ** 20;
let memory = 0;
const resident = () => server.metric('process_resident_memory_bytes');
beforeEach(async () => {
  memory = await resident();
});
afterEach(async () => {
  const so = honest.answers.length;
  await honest.heard(so + 5);
  expect(honest.answers.map(({ index }) => index)).toEqual(honest.answers.map((_, i) => i + 1));
  expect((await resident()) - memory).toBeLessThan(150 * MEGABYTE);
});

const opened = async (path: string, options?: ConstructorParameters<typeof WebSocket>[2]) => {
  const socket = new WebSocket(server.socket(path), options);
  socket.on('error', () => {});
  await once(socket, 'open');
  return socket;
};
const dropped = (reason: string) => server.metric(`eddy_demo_dropped_total{reason="${reason}"}`);

/** A WebSocket that follows no rule: the upgraded connection itself. */
function raw(path: string): Promise<Socket> {
  const socket = connect(Number(server.url.port), server.url.hostname);
  socket.on('error', () => {});
  const lines = ['upgrade: websocket', 'connection: upgrade', 'sec-websocket-version: 13'];
  const key = Buffer.alloc(16, 7).toString('base64');
  socket.write(
    `GET /${path} HTTP/1.1\r\nhost: ${server.url.host}\r\n${lines.join('\r\n')}\r\nsec-websocket-key: ${key}\r\n\r\n`,
  );
  return new Promise((resolve) => socket.once('data', () => resolve(socket)));
}

/** A masked frame of a client's. */
function frame(opcode: number, payload: Buffer, fin: boolean): Buffer {
  const head = Buffer.from([(fin ? 0x80 : 0) | opcode, 0x80 | payload.length, 0, 0, 0, 0]);
  return Buffer.concat([head, payload]);
}

describe('a frame that breaks the rules ends its connection', () => {
  it.each([
    ['too large', `"${'x'.repeat(70_000)}"`, 1009],
    ['no JSON', 'temperature=21', 1007],
    ['NaN, which JSON has not', '{"sensor":"a","values":[NaN]}', 1007],
    ['text that is not UTF-8', undefined, 1007],
    ['nothing', 'null', 1008],
    ['a string', '"hello"', 1008],
    ['no sensor', '{"values":[1]}', 1008],
    ['values of text', '{"sensor":"a","values":["1"]}', 1008],
    ['values in an object', '{"sensor":"a","values":{"0":1,"length":1}}', 1008],
    ['no values in a row', '{"sensor":"a","values":[]}', 1008],
    ['too many channels', `{"sensor":"a","values":[${Array(9).fill(1)}]}`, 1008],
    ['too many rows', `{"sensor":"a","values":[${Array(257).fill('[1]')}]}`, 1008],
    ['rows in rows in rows', '{"sensor":"a","values":[[[1]]]}', 1008],
    ['a time of text', '{"sensor":"a","t":"now","values":[1]}', 1008],
    ['a time beyond all dates', '{"sensor":"a","t":1e300,"values":[1]}', 1008],
    ['times for other rows', '{"sensor":"a","t":[1,2],"values":[[1]]}', 1008],
    ['a name without end', `{"sensor":"${'a'.repeat(65)}","values":[1]}`, 1008],
    ['a name that cannot be printed', '{"sensor":"a\\u0000b","values":[1]}', 1008],
    ['a name hidden in a prototype', '{"__proto__":{"sensor":"a"},"values":[1]}', 1008],
  ])('%s', async (_, text, code) => {
    const before = await dropped('frame');
    const socket = text === undefined ? undefined : await opened('ingest');
    if (socket) {
      socket.send(String(text));
      expect((await closing(socket)).code).toBe(code);
    } else {
      const peer = await raw('ingest');
      peer.write(frame(1, Buffer.from([0xff, 0xfe]), true));
      const [data] = await once(peer, 'data');
      expect(data.readUInt16BE(2)).toBe(code);
    }
    expect(await dropped('frame')).toBe(before + 1);
  });

  it.each([
    ['without a sensor in the address', 'ingest', 4, 1003],
    ['cut off', 'ingest?sensor=b&channels=2', 12, 1008],
    ['empty', 'ingest?sensor=b', 0, 1008],
    ['with too many rows', 'ingest?sensor=b', 4 * 257, 1008],
  ])('binary %s', async (_, path, bytes, code) => {
    const socket = await opened(path);
    socket.send(Buffer.alloc(bytes));
    expect((await closing(socket)).code).toBe(code);
  });

  it.each(['channels=0', 'channels=1.5', 'channels=9', 'interval=-1', 'interval=x', `sensor=${'a'.repeat(65)}`])(
    'an address that says %s',
    async (query) => {
      expect((await closing(await opened(`ingest?${query}`))).code).toBe(1008);
    },
  );

  it('a flood of tiny fragments', async () => {
    const peer = await raw('ingest?sensor=tiny');
    peer.write(frame(1, Buffer.from('1'), false));
    const flood = Buffer.concat(Array.from({ length: 10_000 }, () => frame(0, Buffer.from('1'), false)));
    const answer = once(peer, 'data');
    for (let i = 0; i < 20 && !peer.destroyed; i++) peer.write(flood);
    const [data] = await answer;
    expect(data.readUInt16BE(2)).toBe(1008);
  });
});

describe('rows that cannot be learned from are left out and counted', () => {
  it('numbers beyond float32 in JSON, NaN and Infinity in binary; the rows beside them stand', async () => {
    const client = await SensorClient.open(server.socket('ingest?sensor=wild&channels=1&answers'));
    const before = await dropped('not-finite');
    client.socket.send('[[1],[1e999],[2],[-1e31],[3]]');
    client.socket.send(Buffer.from(Float32Array.of(4, Number.NaN, Number.POSITIVE_INFINITY, 5).buffer));
    const answers = await client.heard(5);
    expect(answers.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5]);
    expect(await dropped('not-finite')).toBe(before + 4);
    client.socket.close();
  });

  it('rows of another width than the sensor’s first', async () => {
    const client = await SensorClient.open(server.socket('ingest?sensor=wide&answers'));
    client.say([1, 2]);
    await client.heard(1);
    client.say([1]);
    client.say([3, 4]);
    expect((await client.heard(2))[1].index).toBe(2);
    expect(await dropped('width')).toBe(1);
    client.socket.close();
  });

  it('more rows than one connection may send', async () => {
    const socket = await opened('ingest?sensor=fast');
    const rows = Buffer.from(new Float32Array(256).buffer);
    for (let i = 0; i < 60; i++) socket.send(rows);
    await expect.poll(() => dropped('rate'), { timeout: 10_000 }).toBeGreaterThan(0);
    socket.close();
  }, 20_000);
});

describe('a sensor’s name', () => {
  it.each([
    '__proto__',
    'constructor',
    '../../../../etc/x',
    '/etc/passwd',
    '<script>alert(1)</script>',
    'a"b,c\\',
    '%2e%2e%2f',
    '温度',
  ])('%s is a name as any other', async (sensor) => {
    const client = await SensorClient.open(server.socket('ingest?answers'));
    for (let i = 0; i < 40; i++) client.say({ sensor, values: [i % 3] });
    expect((await client.heard(40))[39]).toMatchObject({ sensor, index: 40 });
    const listed = await (await fetch(new URL('sensors', server.url))).json();
    expect(listed.map((each: { sensor: string }) => each.sensor)).toContain(sensor);
    const csv = await fetch(new URL(`export.csv?sensor=${encodeURIComponent(sensor)}`, server.url));
    expect((await csv.text()).trim().split('\n')).toHaveLength(41);
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="sensor.csv"');
    client.socket.close();
  });

  it('is never the name of a file', async () => {
    await wait(2500); // the checkpoints of all that has spoken
    const files = readdirSync(folder.path, { recursive: true, withFileTypes: true });
    expect(files.filter((file) => file.isFile()).length).toBeGreaterThan(0);
    for (const file of files) expect(file.name).toMatch(/^([0-9a-f]{2}|[0-9a-f]{64}(@(\d+|tmp-.*))?)$/);
  });
});

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
  }, 20_000);

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
  }, 90_000);
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
  }, 60_000);
});

describe('commands of viewers', () => {
  it.each([
    'no JSON',
    '[]',
    '{"type":"shutdown"}',
    '{"__proto__":{"type":"watch"}}',
    `{"type":"watch","sensors":["${'x'.repeat(5000)}"]}`,
  ])('end the connection where they are none: %s', async (text) => {
    const viewer = await opened('live');
    viewer.send(text);
    expect((await closing(viewer)).code).toBe(1007);
  });

  it.each([
    { type: 'watch', sensors: 'all' },
    { type: 'watch', sensors: Array.from({ length: 9 }, (_, i) => `s${i}`) },
    { type: 'configure', sensor: 'honest', settings: { units: 1e9 } },
    { type: 'configure', sensor: 'honest', settings: { constructor: 1 } },
    { type: 'configure', sensor: 'honest', settings: JSON.parse('{"__proto__":{"units":3}}') },
    { type: 'configure', sensor: 'honest', settings: { learningRate: 0 } },
    { type: 'configure', sensor: 'unknown', settings: { units: 8 } },
    { type: 'freeze', sensor: 'honest', frozen: 'yes' },
    { type: 'rollBack', sensor: 'honest', snapshot: 99 },
    { type: 'replay', speed: 1, paused: false },
  ])('are refused in words where they cannot be: %j', async (command) => {
    const viewer = await opened('live');
    const problem = new Promise((resolve) => {
      viewer.on('message', (data) => {
        const message = JSON.parse(String(data));
        if (message.type === 'problem') resolve(message);
      });
    });
    viewer.send(JSON.stringify(command));
    expect(await problem).toMatchObject({ type: 'problem', text: expect.any(String) });
    viewer.close();
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
  }, 30_000);
});
