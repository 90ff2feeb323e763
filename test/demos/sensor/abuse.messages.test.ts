import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { dropped, folder, frame, opened, raw, server } from './abused.js';
import { closing, SensorClient } from './sensorServer.js';

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
  });
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
