import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dense, gru, loadKernels, openBareRuntime, openModel } from 'rx-eddy/bare';
import { decodeCheckpoint, definitionOf, encodeCheckpoint } from 'rx-eddy/checkpoint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { buildWorker } from '../../../demos/edge-worker/scripts/build.mjs';
import { type Edge, openEdge, TOKEN } from '../../../demos/edge-worker/scripts/openEdge.js';
import { CHANNELS, readSeries, TRANSFORMER } from '../../../demos/edge-worker/scripts/series.js';
import { writeFrame } from '../../../demos/edge-worker/src/frame.js';
import { BURST, FRAME_BYTES, FRAME_SAMPLES, SOCKETS } from '../../../demos/edge-worker/src/limits.js';
import type { Answer } from '../../../demos/edge-worker/src/replies.js';
import { inNode } from './inNode.js';

const place = mkdtempSync(join(tmpdir(), 'eddy-edge-'));
const [folder, storage, slow] = ['worker', 'storage', 'slow'].map((name) => join(place, name));
const series = readSeries(TRANSFORMER, CHANNELS[0]).slice(0, 900);
let edge: Edge;

beforeAll(async () => {
  await buildWorker(folder, fileURLToPath(new URL('edge.worker.mjs', import.meta.url)));
  for (const path of [storage, slow]) mkdirSync(path);
  edge = await openEdge({ folder, storage });
});
afterAll(() => {
  edge?.close();
  rmSync(place, { recursive: true, force: true });
});

const frame = (taken: number, count: number) => ({ first: taken + 1, values: series.subarray(taken, taken + count) });
const post = (sensor: string, body: string | ArrayBuffer, type = 'application/json', headers = {}) =>
  edge.ask(`/sensors/${sensor}/samples`, { method: 'POST', body, headers: { 'content-type': type, ...headers } });
const checkpointOf = async (sensor: string) =>
  Buffer.from(await (await edge.ask(`/sensors/${sensor}/checkpoint`)).arrayBuffer());
/** SQL in a sensor's own database. */
const inside = async (sensor: string, query?: string, blob?: Uint8Array) => {
  const body = JSON.stringify({ query, ...(blob && { blob: Buffer.from(blob).toString('base64') }) });
  const response = await edge.ask(`/test/${sensor}`, { method: 'POST', body });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
};
const numbersOf = ({ value, forecast, low, high, score, alarm }: Answer) => ({
  value,
  forecast,
  low,
  high,
  score,
  alarm,
});
const joined = (answers: readonly Answer[]) => ({
  value: answers.flatMap(({ value }) => value),
  forecast: answers.flatMap(({ forecast }) => forecast),
  low: answers.flatMap(({ low }) => low),
  high: answers.flatMap(({ high }) => high),
  score: answers.flatMap(({ score }) => score),
  alarm: answers.flatMap(({ alarm }) => alarm),
});

/** A WebSocket whose messages are waited for one by one. */
async function open(path: string, protocols: string[] = ['eddy', TOKEN]) {
  const socket = new WebSocket(`${edge.url.replace('http', 'ws')}${path}`, protocols);
  const came: unknown[] = [];
  const waiting: ((message: unknown) => void)[] = [];
  const take = (message: unknown) => (waiting.shift() ?? ((late) => came.push(late)))(message);
  socket.on('message', (data) => take(JSON.parse(String(data))));
  socket.on('close', (closed) => take({ closed }));
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    socket,
    next: () => new Promise<unknown>((resolve) => (came.length > 0 ? resolve(came.shift()) : waiting.push(resolve))),
  };
}

describe('a sensor at the edge', () => {
  it('answers as Node computes, bit for bit, whatever the frames and over both ways in', {
    timeout: 60_000,
  }, async () => {
    const { socket, next } = await open('/sensors/bits/socket');
    const answers: Answer[] = [];
    for (let taken = 0, turn = 0; taken < series.length; turn++) {
      const part = frame(taken, [1, 7, 64, 2, 130][turn % 5]);
      const text = JSON.stringify({ first: part.first, values: [...part.values] });
      const way = turn % 4;
      if (way < 2) answers.push(await (await (way === 0 ? post('bits', text) : edge.postBinary('bits', part))).json());
      else {
        socket.send(way === 2 ? text : writeFrame(part));
        answers.push((await next()) as Answer);
      }
      taken += part.values.length;
      expect(answers.at(-1)).toMatchObject({ type: 'answer', sensor: 'bits', taken, duplicates: 0 });
    }
    socket.close();
    const { answers: expected, weights } = await inNode(series);
    expect(joined(answers)).toEqual(expected);
    const kept = decodeCheckpoint(await checkpointOf('bits'));
    expect(kept.offset).toBe(series.length);
    expect(kept.weights).toEqual(weights);
  });

  it('goes on bit for bit after kill -9 and after its object has been made anew', { timeout: 60_000 }, async () => {
    const answers: Answer[] = [];
    for (let taken = 0; taken < 300; taken += 100) {
      answers.push(await (await edge.postBinary('again', frame(taken, 100))).json());
      await edge.kill();
      edge = await openEdge({ folder, storage });
    }
    expect(joined(answers)).toEqual((await inNode(series.subarray(0, 300))).answers);
  });

  it('hibernates under an open WebSocket and wakes as it was', { timeout: 60_000 }, async () => {
    const { socket, next } = await open('/sensors/sleeper/socket');
    socket.send(writeFrame(frame(0, 200)));
    const answers = [(await next()) as Answer];
    const before = await inside('sleeper');
    // Ten idle seconds are what the platform waits for; nothing but time brings it about.
    await new Promise((resolve) => setTimeout(resolve, 13_000));
    socket.send(writeFrame(frame(200, 200)));
    answers.push((await next()) as Answer);
    expect((await inside('sleeper')).made).toBe(before.made + 1);
    expect(joined(answers)).toEqual((await inNode(series.subarray(0, 400))).answers);
    socket.close();
  });

  it('says nothing of a sensor that it does not know, and leaves nothing behind', async () => {
    const response = await edge.ask('/sensors/nobody');
    expect([response.status, (await response.json()).code]).toEqual([404, 'unknown-sensor']);
    expect((await edge.ask('/sensors/nobody/checkpoint')).status).toBe(404);
    const { rows } = await inside('nobody', "SELECT name FROM sqlite_master WHERE name LIKE 'eddy%'");
    expect(rows).toEqual([]);
  });

  it('is in the fleet a second after its first sample, and out of it when it is forgotten', {
    timeout: 60_000,
  }, async () => {
    const listed = async () => {
      const { sensors } = await (await fetch(`${edge.url}/fleet?after=fleet-`)).json();
      return sensors.find(({ sensor }: { sensor: string }) => sensor === 'fleet-1');
    };
    await edge.postBinary('fleet-1', frame(0, 5));
    await expect.poll(listed, { timeout: 20_000 }).toMatchObject({ sensor: 'fleet-1', taken: 5, value: series[4] });
    expect((await edge.ask('/sensors/fleet-1', { method: 'DELETE' })).status).toBe(204);
    expect(await listed()).toBeUndefined();
    expect((await edge.ask('/sensors/fleet-1')).status).toBe(404);
    // What comes now is a new sensor.
    expect(numbersOf(await (await edge.postBinary('fleet-1', frame(0, 5))).json())).toEqual(
      (await inNode(series.subarray(0, 5))).answers,
    );
  });

  it('shows what it says to those who look on, and takes nothing from them', async () => {
    const viewer = await open('/sensors/seen/live', []);
    const answer = await (await edge.postBinary('seen', frame(0, 3))).json();
    expect(await viewer.next()).toEqual(answer);
    viewer.socket.send(JSON.stringify({ first: 4, values: [1] }));
    expect(await viewer.next()).toMatchObject({ type: 'error', code: 'read-only' });
    expect(await viewer.next()).toEqual({ closed: 1008 });
    expect((await (await edge.ask('/sensors/seen')).json()).taken).toBe(3);
  });
});

describe('a sample that was taken', () => {
  it('is never learned from twice: the same frame gets the same answer', async () => {
    const first = await (await edge.postBinary('twice', frame(0, 40))).json();
    const kept = await checkpointOf('twice');
    expect(await (await edge.postBinary('twice', frame(0, 40))).json()).toEqual({ ...first, duplicates: 40 });
    expect(await checkpointOf('twice')).toEqual(kept);
    const part = await (await edge.postBinary('twice', frame(10, 5))).json();
    expect(part).toMatchObject({ first: 11, taken: 40, duplicates: 5, forecast: first.forecast.slice(10, 15) });
  });

  it('is passed over where a frame brings new ones behind it', async () => {
    await edge.postBinary('overlap', frame(0, 40));
    const answer = await (await edge.postBinary('overlap', frame(30, 30))).json();
    expect(answer).toMatchObject({ first: 41, taken: 60, duplicates: 10 });
    expect(answer.forecast).toEqual((await inNode(series.subarray(0, 60))).answers.forecast.slice(40));
  });

  it('is acknowledged as a duplicate when its answer is not kept any more', async () => {
    await edge.postBinary('old', frame(0, 10));
    await edge.postBinary('old', frame(10, 10));
    expect(await (await edge.postBinary('old', frame(0, 10))).json()).toEqual({
      ...{ type: 'duplicate', sensor: 'old', first: 1, taken: 20, duplicates: 10 },
    });
  });

  it('may not come again with another value', async () => {
    await edge.postBinary('other', frame(0, 10));
    const kept = await checkpointOf('other');
    const response = await edge.postJson('other', { first: 10, values: [series[9] + 1, 5] });
    expect([response.status, await response.json()]).toMatchObject([409, { code: 'conflict', expected: 11 }]);
    expect(await checkpointOf('other')).toEqual(kept);
  });

  it('is taken once of many that come at the same time', async () => {
    const replies = await Promise.all(Array.from({ length: 12 }, () => edge.postBinary('race', frame(0, 20))));
    const answers: Answer[] = await Promise.all(replies.map((reply) => reply.json()));
    expect(answers.filter(({ duplicates }) => duplicates === 0)).toHaveLength(1);
    for (const answer of answers) expect(numbersOf(answer)).toEqual(numbersOf(answers[0]));
    expect(decodeCheckpoint(await checkpointOf('race'))).toMatchObject({ epoch: 1, offset: 20 });
  });
});

describe('what a sensor refuses', () => {
  const bytes = (...floats: number[]) => writeFrame({ first: 11, values: Float32Array.from(floats) });
  const withFirst = (first: number) => writeFrame({ first, values: Float32Array.of(1) });
  const many = new Array(FRAME_SAMPLES + 1).fill(1);
  const binary = 'application/octet-stream';
  const refused: [string, string | ArrayBuffer, string, number, string, number | undefined][] = [
    ['text that is not JSON', '{"first": 11, "values": [1', 'application/json', 400, 'malformed', 1007],
    ['NaN in JSON', '{"first": 11, "values": [NaN]}', 'application/json', 400, 'malformed', 1007],
    ['an array in place of a frame', '[11, 1]', 'application/json', 400, 'malformed', 1007],
    ['null', 'null', 'application/json', 400, 'malformed', 1007],
    ['a frame without values', '{"first": 11}', 'application/json', 400, 'malformed', 1007],
    [
      'a frame with more than it may have',
      '{"first": 11, "values": [1], "x": 1}',
      'application/json',
      400,
      'malformed',
      1007,
    ],
    ['values that are no array', '{"first": 11, "values": 1}', 'application/json', 400, 'malformed', 1007],
    ['no value at all', '{"first": 11, "values": []}', 'application/json', 400, 'malformed', 1007],
    ['too many values', JSON.stringify({ first: 11, values: many }), 'application/json', 400, 'malformed', 1007],
    ['a sequence number of text', '{"first": "11", "values": [1]}', 'application/json', 400, 'malformed', 1007],
    ['sequence number 0', '{"first": 0, "values": [1]}', 'application/json', 400, 'malformed', 1007],
    ['sequence number 11.5', '{"first": 11.5, "values": [1]}', 'application/json', 400, 'malformed', 1007],
    ['null for a value', '{"first": 11, "values": [1, null]}', 'application/json', 422, 'invalid-sample', undefined],
    ['text for a value', '{"first": 11, "values": ["1"]}', 'application/json', 422, 'invalid-sample', undefined],
    ['an infinity in JSON', '{"first": 11, "values": [1e999]}', 'application/json', 422, 'invalid-sample', undefined],
    ['what no float32 holds', '{"first": 11, "values": [1e39]}', 'application/json', 422, 'invalid-sample', undefined],
    ['NaN in bytes', bytes(1, Number.NaN), binary, 422, 'invalid-sample', undefined],
    ['an infinity in bytes', bytes(Number.NEGATIVE_INFINITY), binary, 422, 'invalid-sample', undefined],
    ['no bytes', new ArrayBuffer(0), binary, 400, 'malformed', 1007],
    ['half a header', new ArrayBuffer(5), binary, 400, 'malformed', 1007],
    ['half a value', new ArrayBuffer(8 + 6), binary, 400, 'malformed', 1007],
    ['a header and no value', bytes(), binary, 400, 'malformed', 1007],
    ['too many values in bytes', bytes(...many), binary, 400, 'malformed', 1007],
    ['sequence number NaN', withFirst(Number.NaN), binary, 400, 'malformed', 1007],
    ['sequence number -1', withFirst(-1), binary, 400, 'malformed', 1007],
    ['a gap in JSON', '{"first": 12, "values": [1]}', 'application/json', 409, 'gap', undefined],
    ['a gap in bytes', withFirst(13), binary, 409, 'gap', undefined],
    ['a frame that is too large', ' '.repeat(FRAME_BYTES + 1), 'application/json', 413, 'too-large', 1009],
    ['bytes that are too many', new ArrayBuffer(FRAME_BYTES + 8), binary, 413, 'too-large', 1009],
  ];
  let kept: Buffer;
  beforeAll(async () => {
    await edge.postBinary('strict', frame(0, 10));
    kept = await checkpointOf('strict');
  });

  it.each(refused)('%s, over HTTP', async (_, body, type, status, code) => {
    const response = await post('strict', body, type);
    const reply = await response.json();
    expect([response.status, reply]).toMatchObject([
      status,
      { type: 'error', code, status, message: expect.any(String) },
    ]);
    if (code === 'gap') expect(reply.expected).toBe(11);
  });

  it.each(refused)('%s, over a WebSocket', async (_, body, _type, status, code, close) => {
    const { socket, next } = await open('/sensors/strict/socket');
    socket.send(body);
    expect(await next()).toMatchObject({ type: 'error', code, status });
    if (close) expect(await next()).toEqual({ closed: close });
    else {
      // The socket lives on: what is right is answered.
      socket.send(writeFrame(frame(0, 10)));
      expect(await next()).toMatchObject({ type: 'answer', taken: 10, duplicates: 10 });
      socket.close();
    }
  });

  it('leaves the sensor as it was', async () => {
    expect(await checkpointOf('strict')).toEqual(kept);
    const answer = await (await edge.postBinary('strict', frame(10, 10))).json();
    expect(answer.forecast).toEqual((await inNode(series.subarray(0, 20))).answers.forecast.slice(10));
  });

  it.each([
    ['no token', {}],
    ['another token', { authorization: 'Bearer guess' }],
    ['the token and more', { authorization: `Bearer ${TOKEN}x` }],
    ['a part of the token', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
    ['another scheme', { authorization: `Basic ${TOKEN}` }],
  ])('%s', async (_, headers) => {
    const ask = (path: string, init: RequestInit) => fetch(`${edge.url}${path}`, { ...init, headers });
    const body = '{"first": 1, "values": [1]}';
    for (const [path, init] of [
      ['/sensors/closed/samples', { method: 'POST', body }],
      ['/sensors/closed/socket', {}],
      ['/sensors/closed/checkpoint', {}],
      ['/sensors/closed', { method: 'DELETE' }],
    ] as const) {
      const response = await ask(path, init);
      expect([response.status, (await response.json()).code]).toEqual([401, 'unauthorized']);
    }
    await expect(open('/sensors/closed/socket', ['eddy', 'guess'])).rejects.toThrow('401');
    expect((await edge.ask('/sensors/closed')).status).toBe(404);
  });

  it.each([
    ['/sensors/a%20b/samples', 'POST', 'application/json', 400, 'invalid-name'],
    [`/sensors/${'a'.repeat(65)}/samples`, 'POST', 'application/json', 400, 'invalid-name'],
    ['/sensors/.hidden', 'GET', '', 400, 'invalid-name'],
    ['/sensors/a/samples', 'GET', '', 405, 'method-not-allowed'],
    ['/sensors/a/nothing', 'GET', '', 404, 'not-found'],
    ['/sensors//samples', 'POST', 'application/json', 404, 'not-found'],
    ['/sensors/a/samples/b', 'POST', 'application/json', 404, 'not-found'],
    ['/sensors/a/constructor', 'GET', '', 404, 'not-found'],
    ['/elsewhere', 'GET', '', 404, 'not-found'],
    ['/sensors/a/samples', 'POST', 'text/csv', 415, 'unsupported-type'],
    ['/sensors/a/socket', 'GET', '', 426, 'upgrade-required'],
  ])('%s by %s with type "%s": %d %s', async (path, method, type, status, code) => {
    const response = await edge.ask(path, { method, ...(type && { headers: { 'content-type': type }, body: '{}' }) });
    expect([response.status, await response.json()]).toMatchObject([status, { type: 'error', code, status }]);
  });

  it('a frame of unknown length', async () => {
    const body = new Blob(['{"first": 1, "values": [1]}']).stream();
    const init = { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'application/json' } };
    const response = await edge.ask('/sensors/chunked/samples', init as RequestInit);
    expect([response.status, (await response.json()).code]).toEqual([411, 'length-required']);
  });

  it('more WebSockets than a sensor may have', async () => {
    const opened = await Promise.all(Array.from({ length: SOCKETS }, () => open('/sensors/crowd/live', [])));
    await expect(open('/sensors/crowd/live', [])).rejects.toThrow('429');
    for (const { socket } of opened) socket.close();
  });

  it('more frames than a sensor may send', async () => {
    const limited = await openEdge({ folder, storage: slow, framesPerSecond: 1 / BURST });
    const first = await limited.postJson('fast', { first: 1, values: [1] });
    expect(first.status).toBe(200);
    const second = await limited.postJson('fast', { first: 2, values: [1] });
    expect([second.status, (await second.json()).code]).toEqual([429, 'too-many-frames']);
    expect((await (await limited.ask('/sensors/fast')).json()).taken).toBe(1);
    expect((await limited.postJson('another', { first: 1, values: [1] })).status).toBe(200);
    limited.close();
  });
});

describe('when storage fails', () => {
  it('a frame is refused and nothing learned; sent again it is taken, as if nothing had been', async () => {
    const before = await (await edge.postBinary('full', frame(0, 30))).json();
    const kept = await checkpointOf('full');
    await inside(
      'full',
      "CREATE TRIGGER full BEFORE INSERT ON eddy_checkpoints BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
    );
    const response = await edge.postBinary('full', frame(30, 30));
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { type: 'error', code: 'storage', message: expect.stringContaining('disk is full') },
    ]);
    const { socket, next } = await open('/sensors/full/socket');
    socket.send(writeFrame(frame(30, 30)));
    expect(await next()).toMatchObject({ type: 'error', code: 'storage', status: 503 });
    expect(await checkpointOf('full')).toEqual(kept);
    // A replay is still answered.
    expect(numbersOf(await (await edge.postBinary('full', frame(0, 30))).json())).toEqual(numbersOf(before));
    await inside('full', 'DROP TRIGGER full');
    socket.send(writeFrame(frame(30, 30)));
    const after = (await next()) as Answer;
    socket.close();
    expect(after).toMatchObject({ taken: 60, duplicates: 0 });
    expect(joined([before, after])).toEqual((await inNode(series.subarray(0, 60))).answers);
  });

  it('a checkpoint of another model is refused and stays', async () => {
    const spec = { input: 2, layers: [gru(16)], output: dense(1) };
    const model = openModel(openBareRuntime(await loadKernels()), spec);
    const file = encodeCheckpoint({
      ...{ epoch: 1, offset: 30, definition: definitionOf(spec), weights: model.weights(), state: {} },
    });
    model.dispose();
    await edge.postBinary('foreign', frame(0, 30));
    await edge.kill();
    edge = await openEdge({ folder, storage });
    await inside('foreign', 'UPDATE eddy_checkpoints SET bytes = ?', file);
    const response = await edge.postBinary('foreign', frame(30, 30));
    expect([response.status, await response.json()]).toMatchObject([409, { type: 'error', code: 'other-model' }]);
    const { socket, next } = await open('/sensors/foreign/socket');
    socket.send(writeFrame(frame(30, 30)));
    expect(await next()).toMatchObject({ type: 'error', code: 'other-model' });
    expect(await next()).toEqual({ closed: 1011 });
    socket.close();
    expect(await checkpointOf('foreign')).toEqual(Buffer.from(file));
  });

  it('a checkpoint that is damaged is refused and stays: no sensor starts anew in silence', async () => {
    await edge.postBinary('damaged', frame(0, 30));
    await edge.kill();
    edge = await openEdge({ folder, storage });
    await inside('damaged', 'UPDATE eddy_checkpoints SET bytes = ?', Uint8Array.of(1, 2, 3));
    const response = await edge.postBinary('damaged', frame(30, 30));
    expect([response.status, await response.json()]).toMatchObject([500, { type: 'error', code: 'damaged' }]);
    expect((await edge.ask('/sensors/damaged')).status).toBe(500);
  });
});
